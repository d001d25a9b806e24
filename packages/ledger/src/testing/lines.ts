import type { Line } from './referenceWallet.ts';

/** Returns the fields that all entries have and that never change. */
export function lineOf(entry: Line): Line {
  const { id, kind, sequence, createdAt, amountCredits, balanceAfterCredits } = entry;
  const { heldDeltaCredits, debtDeltaCredits, consumedCredits, expiredCredits } = entry;
  const figures = { heldDeltaCredits, debtDeltaCredits, consumedCredits, expiredCredits };
  return { id, kind, sequence, createdAt, amountCredits, balanceAfterCredits, ...figures };
}
