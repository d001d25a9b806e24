import type { Line } from './referenceWallet.ts';

/** What an entry says, without what only some entries have and what may change later. */
export function lineOf(entry: Line): Line {
  const { id, kind, sequence, createdAt, amountCredits, balanceAfterCredits } = entry;
  const { heldDeltaCredits, debtDeltaCredits, consumedCredits, expiredCredits } = entry;
  const figures = { heldDeltaCredits, debtDeltaCredits, consumedCredits, expiredCredits };
  return { id, kind, sequence, createdAt, amountCredits, balanceAfterCredits, ...figures };
}
