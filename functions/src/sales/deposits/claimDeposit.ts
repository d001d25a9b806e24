import { requireTopUpForMicros } from '../../catalog/topUp.ts';
import type { AccountCaller } from '../../platform/http/caller.ts';
import { allotAddress } from './allotAddress.ts';
import { type CreditedDeposit, creditDeposit, creditIfPossible } from './creditDeposit.ts';
import { claimedDeposits } from './deposit.ts';
import type { ClaimDepositRequest } from './deposits.schemas.ts';
import { limitClaims } from './limitClaims.ts';
import type { DepositsNeeds } from './needs.ts';
import { usdcOf } from './usdcOf.ts';

/**
 * Credits what an account says it has paid, if the chain says so too. Claiming it again gives the same order. Whatever
 * else the transaction brought the account is credited along with it.
 * @throws AMOUNT_TOO_SMALL, UNKNOWN_CURRENCY, USDC_NOT_CONFIGURED, RATE_LIMITED, PAYMENT_PROVIDER_UNAVAILABLE when the
 *   chain can't be asked, and what {@link claimedDeposits} throws; then nothing was credited
 */
export async function claimDeposit(
  deps: DepositsNeeds,
  { accountId }: AccountCaller,
  { txHash, amount: amountMicros }: ClaimDepositRequest,
): Promise<CreditedDeposit> {
  const { provider, chain, confirmations: requiredConfirmations } = usdcOf(deps);
  requireTopUpForMicros(await deps.catalog.current(), amountMicros);
  await limitClaims(deps, accountId);
  // Allotted again where a restore has lost it: it is the same address, and what came to it is the account's.
  const own = await allotAddress(deps, accountId);
  const truth = await provider.fetchTransaction(txHash);
  const claim = { chain, txHash, amountMicros, address: own.address, requiredConfirmations };
  const { claimed, all } = claimedDeposits(truth, claim);
  const credited = await creditDeposit(deps, accountId, claimed);
  for (const deposit of all) if (deposit !== claimed) await creditIfPossible(deps, accountId, deposit);
  return credited;
}
