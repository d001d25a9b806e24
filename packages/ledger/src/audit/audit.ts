import { type IsoDay, isRecord } from '@cloud-bridge/base';
import type { Counters } from '../counters.ts';
import { isBalanced, type Wallet } from '../wallet.ts';
import type { HoldState } from './ledgerReplay.ts';

/** A stored value that doesn't match the ledger. Both sides are plain JSON; null if the thing doesn't exist. */
export interface Difference {
  readonly field: string;
  readonly stored: unknown;
  readonly rebuilt: unknown;
}

/**
 * Returns the differences between a stored wallet and the wallet rebuilt from its entries, and a failure of the rebuilt
 * wallet to add up. Empty for a sound wallet. Never throws, whatever is stored.
 */
export function differencesOf(stored: unknown, rebuilt: Wallet): Difference[] {
  if (!isRecord(stored)) return [{ field: 'document', stored: plain(stored), rebuilt: plain(rebuilt) }];
  const fields = new Set([...Object.keys(rebuilt), ...Object.keys(stored)]);
  // Alert levels are stored in the wallet, but no entry sets them.
  fields.delete('alertLevels');
  const differences = [...fields].flatMap((field) =>
    differenceIn(field, stored[field], rebuilt[field as keyof Wallet]),
  );
  return isBalancedOrFalse(rebuilt)
    ? differences
    : [...differences, { field: 'balance', stored: false, rebuilt: true }];
}

/**
 * Returns the differences between a stored hold and its state according to the ledger; null stands for a missing hold.
 * Never throws.
 */
export function holdDifferences(id: string, stored: unknown, rebuilt: HoldState | null): Difference[] {
  return differenceIn(`holds.${id}`, stored === null ? null : storedHoldState(stored), rebuilt);
}

/** Returns a stored entry's state of its hold, with the fields of {@link HoldState}. */
function storedHoldState(stored: unknown): Record<keyof HoldState, unknown> {
  const entry = isRecord(stored) ? stored : {};
  const charge = isRecord(entry.charge) ? entry.charge : {};
  return {
    amountCredits: charge.amountCredits,
    status: charge.status,
    capturedCredits: charge.capturedCredits,
    holdExpiresAt: charge.holdExpiresAt,
    openHoldExpiresAt: entry.openHoldExpiresAt ?? null,
    settledAt: charge.settledAt,
    settledBalanceCredits: charge.settledBalanceCredits,
  };
}

/** Returns the differences between the stored counters of a day and the sums of its entries. Never throws. */
export function counterDifferences(day: IsoDay, stored: readonly Counters[], rebuilt: Counters): Difference[] {
  const sum = new Map<string, number>();
  for (const part of stored) for (const [path, figure] of part) sum.set(path, (sum.get(path) ?? 0) + figure);
  const paths = new Set([...sum.keys(), ...rebuilt.keys()]);
  return [...paths].flatMap((path) =>
    differenceIn(`counters/${day}/${path}`, sum.get(path) ?? 0, rebuilt.get(path) ?? 0),
  );
}

function differenceIn(field: string, stored: unknown, rebuilt: unknown): Difference[] {
  const difference = { field, stored: plain(stored), rebuilt: plain(rebuilt) };
  return JSON.stringify(difference.stored) === JSON.stringify(difference.rebuilt) ? [] : [difference];
}

function isBalancedOrFalse(wallet: Wallet): boolean {
  try {
    return isBalanced(wallet);
  } catch {
    return false;
  }
}

/**
 * Converts a value to JSON that distinguishes all values that Firestore can store. Fields are sorted, because their
 * order in Firestore has no meaning.
 */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : `number ${value}`;
  if (!isRecord(value)) return value === undefined ? 'missing' : `${typeof value} ${String(value)}`;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return `a ${value.constructor?.name ?? 'thing'}`;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([name, item]) => [name, plain(item)]));
}
