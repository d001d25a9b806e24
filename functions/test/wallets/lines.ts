import type { Line } from './referenceWallet.ts';

/** What an entry says, without what only some entries have and what may change later. */
export function lineOf(entry: Line): Line {
  const { id, kind, sequence, createdAt, amountCredits, balanceAfterCredits } = entry;
  const { heldDeltaCredits, debtDeltaCredits, consumedCredits, expiredCredits } = entry;
  const figures = { heldDeltaCredits, debtDeltaCredits, consumedCredits, expiredCredits };
  return withoutMinusZero({ id, kind, sequence, createdAt, amountCredits, balanceAfterCredits, ...figures });
}

/** The same value with 0 for every -0: to a balance there is no difference. */
export function withoutMinusZero<T>(value: T): T {
  if (typeof value === 'number') return (value + 0) as T;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutMinusZero) as T;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withoutMinusZero(part)])) as T;
}
