import type { ChargeRecord, ChargeStatus, CommandResult, Entry, EntryKind } from '@cloud-bridge/ledger';
import type * as z from 'zod';
import type { chargeSchema } from './charges.schemas.ts';

export type Charge = z.input<typeof chargeSchema>;

/** An entry that is the record of a charge. */
export type ChargeEntry = Entry & { readonly charge: ChargeRecord; readonly operation: string };

/** Tells the entries that are charges from those that settle, extend or have nothing to do with one. */
export function isChargeEntry(entry: Entry | null): entry is ChargeEntry {
  return entry?.charge !== undefined && entry.operation !== undefined;
}

/** A charge as it is now. */
export function renderCharge(entry: ChargeEntry): Charge {
  const { charge } = entry;
  return {
    ...common(entry),
    status: charge.status,
    capturedCredits: charge.capturedCredits,
    balanceAfterCredits: charge.settledBalanceCredits ?? entry.balanceAfterCredits,
    settledAt: entry.kind === 'charge' ? entry.createdAt : charge.settledAt,
    holdExpiresAt: charge.holdExpiresAt,
  };
}

/** A charge as its creation left it: what the first answer said, and every replay says again. */
export function renderCreatedCharge(entry: ChargeEntry): Charge {
  const isHold = entry.kind === 'hold';
  return {
    ...common(entry),
    status: isHold ? 'held' : 'captured',
    capturedCredits: isHold ? 0 : entry.charge.amountCredits,
    balanceAfterCredits: entry.balanceAfterCredits,
    settledAt: isHold ? null : entry.createdAt,
    holdExpiresAt: entry.charge.firstHoldExpiresAt,
  };
}

const SETTLED_STATUS: Partial<Record<EntryKind, ChargeStatus>> = {
  capture: 'captured',
  release: 'released',
  hold_expiry: 'expired',
};

/** A charge as a capture, release or extension left it. */
export function renderSettledCharge({ entry, hold }: CommandResult): Charge {
  if (!isChargeEntry(hold)) throw new Error(`entry ${entry.id} settles no charge`);
  const status = SETTLED_STATUS[entry.kind] ?? 'held';
  return {
    ...common(hold),
    status,
    capturedCredits: entry.consumedCredits,
    balanceAfterCredits: entry.balanceAfterCredits,
    settledAt: status === 'held' ? null : entry.createdAt,
    holdExpiresAt: entry.extendedHoldExpiresAt ?? hold.charge.holdExpiresAt,
  };
}

function common({ id, walletId, operation, charge, createdAt, description }: ChargeEntry) {
  const { quantity, amountCredits, metadata } = charge;
  return { id, walletId, operation, quantity, amountCredits, createdAt, description, metadata: { ...metadata } };
}
