import type {
  AdjustCommand,
  ChargeCommand,
  CreditCommand,
  RevokeCommand,
  SettleCommand,
  WalletCommand,
} from '../commands.ts';
import { type Decision, decide, type LedgerView } from '../decide.ts';
import type { Entry } from '../entry.ts';
import { emptyWallet } from '../wallet.ts';

/** Returns a time for tests, a number of minutes after a fixed start. */
export function minute(count: number): string {
  return new Date(Date.UTC(2026, 0, 1, 0, count)).toISOString();
}

let nextId = 0;

function base(now: string) {
  nextId += 1;
  return { entryId: `txn_${nextId}`, commandId: `cmd_${nextId}`, requestHash: `hash_${nextId}`, now };
}

export function charge(amountCredits: number, change: Partial<ChargeCommand> = {}): ChargeCommand {
  return {
    type: 'charge',
    ...base(change.now ?? minute(1)),
    operation: 'presetShare',
    quantity: 1,
    amountCredits,
    description: 'presetShare',
    metadata: {},
    hold: null,
    ...change,
  };
}

export function hold(amountCredits: number, change: Partial<ChargeCommand> = {}): ChargeCommand {
  return charge(amountCredits, { hold: { expiresAt: minute(30) }, ...change });
}

export function grant(amountCredits: number, change: Partial<CreditCommand> = {}): CreditCommand {
  return {
    type: 'grant',
    ...base(change.now ?? minute(0)),
    amountCredits,
    source: 'grant',
    expiresAt: null,
    description: 'Grant',
    ...change,
  };
}

export function purchase(amountCredits: number, change: Partial<CreditCommand> = {}): CreditCommand {
  return grant(amountCredits, { type: 'purchase', source: 'purchase', ...change });
}

export function close(now = minute(3)): WalletCommand {
  return { type: 'close', ...base(now) };
}

export function revoke(amountCredits: number): RevokeCommand {
  return { type: 'revocation', ...base(minute(1)), amountCredits, source: 'purchase', description: 'Refund' };
}

export function adjust(amountCredits: number): AdjustCommand {
  return { type: 'adjustment', ...base(minute(1)), amountCredits, description: 'Correction' };
}

export function capture(chargeId: string, amountCredits: number | null, now = minute(2)): SettleCommand {
  return { type: 'capture', ...base(now), chargeId, amountCredits };
}

export function release(chargeId: string, now = minute(2)): SettleCommand {
  return { type: 'release', ...base(now), chargeId };
}

export function expireHold(chargeId: string, now: string): SettleCommand {
  return { type: 'expireHold', ...base(now), chargeId };
}

export function extend(chargeId: string, expiresAt: string, now = minute(2)): SettleCommand {
  return { type: 'extend', ...base(now), chargeId, expiresAt };
}

/** A wallet in memory that applies commands one after the other. */
export class MemoryLedger implements LedgerView {
  wallet = emptyWallet('alice', 'main', minute(0));
  readonly entries = new Map<string, Entry | null>();

  apply(command: WalletCommand): Decision {
    const decision = decide(this, command);
    this.wallet = decision.wallet;
    for (const entry of decision.created) this.entries.set(entry.id, entry);
    if (decision.updated) this.entries.set(decision.updated.id, decision.updated);
    return decision;
  }

  /** Returns the entries in the order of posting. */
  posted(): Entry[] {
    return [...this.entries.values()].filter((entry) => entry !== null).sort((a, b) => a.sequence - b.sequence);
  }
}

export function ledgerWith(...commands: WalletCommand[]): MemoryLedger {
  const ledger = new MemoryLedger();
  for (const command of commands) ledger.apply(command);
  return ledger;
}

/** Returns the error that a refused command throws. */
export function refusalOf(attempt: () => unknown): unknown {
  try {
    attempt();
  } catch (error) {
    return error;
  }
  throw new Error('expected a refusal');
}
