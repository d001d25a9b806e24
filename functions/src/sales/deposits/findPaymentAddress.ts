import type { UsdcChainName } from '../payments/usdcChains.ts';
import { allotAddress } from './allotAddress.ts';
import type { DepositsNeeds } from './needs.ts';
import { usdcOf } from './usdcOf.ts';

/** Where an account pays to. */
export interface PaymentAddress {
  readonly address: string;
  readonly chain: UsdcChainName;
}

/**
 * The account's own address, and the chain on which it is looked at.
 * @throws USDC_NOT_CONFIGURED
 */
export async function findPaymentAddress(deps: DepositsNeeds, accountId: string): Promise<PaymentAddress> {
  const { chain } = usdcOf(deps);
  const { address } = await allotAddress(deps, accountId);
  return { address, chain };
}
