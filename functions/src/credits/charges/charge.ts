import type { ChargeEntry, CommandResult, HoldEntry, SettleCommand } from '@cloud-bridge/ledger';
import type * as z from 'zod';
import type { chargeSchema } from './charges.schemas.ts';

export type Charge = z.input<typeof chargeSchema>;

/** The entry of a charge, posted at once or held. */
export type ChargedEntry = ChargeEntry | HoldEntry;

/** Renders the present state of a charge. */
export function renderCharge(entry: ChargedEntry): Charge {
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

/** Renders a charge as it was created: the first response, which every replay repeats. */
export function renderCreatedCharge(entry: ChargedEntry): Charge {
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

const STATUS_AFTER = {
  capture: 'captured',
  release: 'released',
  hold_expiry: 'expired',
  hold_extension: 'held',
} as const;

/** Renders a charge as a capture, release or extension left it. */
export function renderSettledCharge({ entry, hold }: CommandResult<SettleCommand>): Charge {
  const status = STATUS_AFTER[entry.kind];
  return {
    ...common(hold),
    status,
    capturedCredits: entry.consumedCredits,
    balanceAfterCredits: entry.balanceAfterCredits,
    settledAt: status === 'held' ? null : entry.createdAt,
    holdExpiresAt: entry.extendedHoldExpiresAt ?? hold.charge.holdExpiresAt,
  };
}

function common({ id, walletId, operation, charge, createdAt, description }: ChargedEntry) {
  const { quantity, amountCredits, metadata } = charge;
  return { id, walletId, operation, quantity, amountCredits, createdAt, description, metadata: { ...metadata } };
}
