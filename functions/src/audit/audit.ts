import { isBalanced, type Wallet } from '../wallets/wallet.ts';

/** A figure of a wallet that isn't what its entries say. */
export interface Difference {
  readonly field: string;
  readonly stored: unknown;
  readonly rebuilt: unknown;
}

const COMPARED = [
  'availableCredits',
  'heldCredits',
  'debtCredits',
  'lots',
  'totals',
  'sequence',
  'nextExpiryAt',
] as const satisfies readonly (keyof Wallet)[];

/**
 * Where a stored wallet differs from the one that was rebuilt from its entries, from what its open holds add up to, or
 * from the identity that everything which came in is there or accounted for. Nothing for a sound wallet.
 */
export function differencesOf(stored: Wallet, rebuilt: Wallet, openHoldsCredits: number): Difference[] {
  const differences: Difference[] = COMPARED.filter(
    (field) => canonical(stored[field]) !== canonical(rebuilt[field]),
  ).map((field) => ({ field, stored: stored[field], rebuilt: rebuilt[field] }));
  if (stored.heldCredits !== openHoldsCredits) {
    differences.push({ field: 'openHolds', stored: stored.heldCredits, rebuilt: openHoldsCredits });
  }
  if (!isBalanced(stored)) differences.push({ field: 'balance', stored: false, rebuilt: true });
  return differences;
}

/** The store keeps fields in no order of its own. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    item !== null && typeof item === 'object' && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
