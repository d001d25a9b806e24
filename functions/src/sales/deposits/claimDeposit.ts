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
 * Credits a deposit that an account claims, after checking it on the chain. A repeated claim returns the same order.
 * Other deposits that the same transaction made to the account are credited as well.
 * @throws AMOUNT_TOO_SMALL, UNKNOWN_CURRENCY, USDC_NOT_CONFIGURED, RATE_LIMITED, PAYMENT_PROVIDER_UNAVAILABLE when the
 *   node can't be reached, and what {@link claimedDeposits} throws; nothing is credited then
 */
export async function claimDeposit(
  deps: DepositsNeeds,
  { accountId }: AccountCaller,
  { txHash, amount: amountMicros }: ClaimDepositRequest,
): Promise<CreditedDeposit> {
  const { provider, chain, confirmations: requiredConfirmations } = usdcOf(deps);
  requireTopUpForMicros(await deps.catalog.current(), amountMicros);
  await limitClaims(deps, accountId);
  // Allots the address again if a database restore has lost it: the address is the same, so deposits to it belong to
  // the account.
  const own = await allotAddress(deps, accountId);
  const truth = await provider.fetchTransaction(txHash);
  const claim = { chain, txHash, amountMicros, address: own.address, requiredConfirmations };
  const { claimed, all } = claimedDeposits(truth, claim);
  const credited = await creditDeposit(deps, accountId, claimed);
  for (const deposit of all) if (deposit !== claimed) await creditIfPossible(deps, accountId, deposit);
  return credited;
}
