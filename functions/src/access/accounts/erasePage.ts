import type { Account, ErasurePosition } from './account.ts';
import { ERASURE_STEPS } from './accountKeeper.ts';
import type { AccountsNeeds } from './needs.ts';

/**
 * Erases a page of a deleted account's data. Starts at the beginning without a position, or if a release has removed
 * the position's step. Returns the position to continue from; null once everything is erased.
 * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function erasePage(
  { keepers }: AccountsNeeds,
  account: Account,
  position: ErasurePosition | null,
): Promise<ErasurePosition | null> {
  const found = (ERASURE_STEPS as readonly string[]).indexOf(position?.step ?? '');
  const index = Math.max(0, found);
  const step = ERASURE_STEPS[index] as (typeof ERASURE_STEPS)[number];
  const erase = keepers.map(({ erasures }) => erasures?.[step]).find((known) => known !== undefined);
  if (!erase) throw new Error(`no keeper has the erasure step ${step}`);
  const after = await erase(account, found < 0 ? null : (position?.after ?? null));
  if (after !== null) return { step, after };
  const following = ERASURE_STEPS[index + 1];
  return following === undefined ? null : { step: following, after: null };
}
