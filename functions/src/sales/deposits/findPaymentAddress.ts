import type { UsdcChainName } from '../payments/usdcChains.ts';
import { allotAddress } from './allotAddress.ts';
import type { DepositsNeeds } from './needs.ts';
import { usdcOf } from './usdcOf.ts';

/** The address that an account pays USDC to, and its chain. */
export interface PaymentAddress {
  readonly address: string;
  readonly chain: UsdcChainName;
}

/**
 * Returns the account's payment address and the chain that is scanned for deposits.
 * @throws USDC_NOT_CONFIGURED
 */
export async function findPaymentAddress(deps: DepositsNeeds, accountId: string): Promise<PaymentAddress> {
  const { chain } = usdcOf(deps);
  const { address } = await allotAddress(deps, accountId);
  return { address, chain };
}
