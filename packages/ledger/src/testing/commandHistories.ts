import fc from 'fast-check';
import type { WalletCommand } from '../commands.ts';
import type { KeyCaps } from '../keySpend.ts';
import type { LotSource } from '../lots.ts';

/** One step of a history, in relative terms, so that it stays meaningful when earlier steps are removed. */
export interface Step {
  readonly action: keyof typeof ACTIONS;
  readonly amount: number;
  /** Selects an earlier command or hold, counted back from the newest. */
  readonly back: number;
  readonly source: LotSource;
  /** Minutes until credits or a hold expire; null for never, where that is possible. */
  readonly lasts: number | null;
  /** Minutes since the previous step. */
  readonly advance: number;
  /** Error of the instance's clock, in minutes. */
  readonly skew: number;
  readonly apiKeyId: string | undefined;
}

/** Relative frequency of each action. */
const ACTIONS = {
  purchase: 3,
  grant: 5,
  reinstatement: 2,
  revocation: 3,
  give: 1,
  take: 2,
  charge: 7,
  hold: 8,
  captureWhole: 2,
  capturePart: 3,
  captureMore: 2,
  release: 2,
  expireHold: 3,
  extend: 2,
  expireLots: 1,
  settleWrongly: 1,
  replay: 2,
  sameTry: 1,
  reuse: 1,
} as const;

const SOURCES: readonly LotSource[] = ['purchase', 'grant', 'promotion', 'subscription'];

const actions = Object.entries(ACTIONS).flatMap(([action, weight]) => Array<string>(weight).fill(action));

/**
 * Generates steps of random histories. Amounts and times are small, so that balances run out, holds reach their
 * deadline and lots share their expiry. Some amounts come from `oddAmounts`, such as amounts that no wallet may take.
 */
export function steps(options: {
  minLength?: number;
  maxLength: number;
  oddAmounts: readonly number[];
}): fc.Arbitrary<Step[]> {
  const amount = fc.oneof(
    { weight: 40, arbitrary: fc.nat(40) },
    { weight: 1, arbitrary: fc.constantFrom(...options.oddAmounts) },
  );
  const step = fc.record({
    action: fc.constantFrom(...actions) as fc.Arbitrary<keyof typeof ACTIONS>,
    amount,
    back: fc.nat(4),
    source: fc.constantFrom(...SOURCES),
    lasts: fc.constantFrom(null, null, 0, 1, 2, 4, 8, 16),
    advance: fc.constantFrom(0, 0, 0, 1, 1, 2, 5),
    skew: fc.constantFrom(0, 0, 0, 0, -1, -3, -9, 2),
    apiKeyId: fc.constantFrom(undefined, undefined, 'key_1', 'key_2', 'key_2'),
  });
  return fc.array(step, { minLength: options.minLength ?? 0, maxLength: options.maxLength, size: 'max' });
}

interface KnownHold {
  readonly id: string;
  readonly amountCredits: number;
  readonly expiresAt: string;
  readonly apiKeyId: string | undefined;
}

/**
 * Returns the time a number of minutes after the start. The start is late on the last day of a month, so that many
 * histories reach the next day and month.
 */
export function minuteOf(count: number): string {
  return new Date(Date.UTC(2026, 0, 31, 23, 15 + count)).toISOString();
}

/** Caps of keys: one key has none, the other has less than it asks for. */
const CAPS: Readonly<Record<string, KeyCaps>> = {
  key_2: { creditsPerDay: 20, creditsPerMonth: 35, alertPercent: 80 },
};

/** Returns the commands of a history. All ids are fixed here, so that commands can name holds that don't exist yet. */
export function commandsOf(history: readonly Step[]): WalletCommand[] {
  const commands: WalletCommand[] = [];
  const holds: KnownHold[] = [];
  let clock = 0;
  for (const [index, step] of history.entries()) {
    clock += step.advance;
    const command = commandOf(step, index, clock + step.skew, holds, commands);
    commands.push(command);
    if (command.type === 'charge' && command.hold) {
      const { amountCredits, apiKeyId, hold } = command;
      holds.push({ id: command.entryId, amountCredits, expiresAt: hold.expiresAt, apiKeyId });
    }
  }
  return commands;
}

function commandOf(
  step: Step,
  index: number,
  minute: number,
  holds: readonly KnownHold[],
  earlier: readonly WalletCommand[],
): WalletCommand {
  const { action, amount: amountCredits, source } = step;
  const now = minuteOf(minute);
  const apiKey = step.apiKeyId ? { apiKeyId: step.apiKeyId, keyCaps: CAPS[step.apiKeyId] } : {};
  const base = { entryId: `txn_${index}`, commandId: `cmd_${index}`, requestHash: `hash_${index}`, now };
  const expiresAt = step.lasts === null ? null : minuteOf(minute + step.lasts);
  const description = action;
  const hold = holds.at(-1 - step.back) ?? holds.at(-1);
  // Usually the key that made the hold settles it, or the owner does.
  const settled = { ...base, chargeId: hold?.id ?? 'txn_unknown', ...(hold?.apiKeyId && step.back < 4 ? apiKey : {}) };
  switch (action) {
    case 'purchase':
    case 'grant':
    case 'reinstatement':
      return { ...base, type: action, amountCredits, source, expiresAt, description };
    case 'revocation':
      return { ...base, type: action, amountCredits, source, description };
    case 'give':
      return { ...base, type: 'adjustment', amountCredits, description };
    case 'take':
      return { ...base, type: 'adjustment', amountCredits: -amountCredits, description };
    case 'charge':
    case 'hold': {
      const spending = { operation: 'presetShare', quantity: 1, amountCredits, description, metadata: {} };
      const deadline = action === 'hold' ? { expiresAt: minuteOf(minute + (step.lasts ?? 20)) } : null;
      return { ...base, ...apiKey, type: 'charge', ...spending, hold: deadline };
    }
    case 'captureWhole':
      return { ...settled, type: 'capture', amountCredits: null };
    case 'capturePart':
      return { ...settled, type: 'capture', amountCredits: Math.min(amountCredits, hold?.amountCredits ?? 0) };
    case 'captureMore':
      return { ...settled, type: 'capture', amountCredits: (hold?.amountCredits ?? 0) + amountCredits };
    case 'release':
      return { ...settled, type: 'release' };
    case 'expireHold':
      // Usually on time, as the sweeper does.
      return {
        ...base,
        type: 'expireHold',
        chargeId: settled.chargeId,
        now: step.back < 3 ? (hold?.expiresAt ?? now) : now,
      };
    case 'extend':
      return { ...settled, type: 'extend', expiresAt: minuteOf(minute + (step.lasts ?? 20)) };
    case 'expireLots':
      return { ...base, type: 'expireLots' };
    case 'settleWrongly':
      return { ...base, type: 'capture', chargeId: `txn_${index - 1 - step.back}`, amountCredits: null };
    default:
      return repetitionOf(step, base, earlier) ?? { ...base, type: 'expireLots' };
  }
}

/** Repeats an earlier command: as another attempt, as the same attempt, or as another request with its key. */
function repetitionOf(
  step: Step,
  base: Pick<WalletCommand, 'entryId' | 'commandId' | 'requestHash' | 'now'>,
  earlier: readonly WalletCommand[],
): WalletCommand | undefined {
  const original = earlier.at(-1 - step.back) ?? earlier.at(-1);
  if (!original || step.action === 'sameTry') return original;
  if (step.action === 'replay') return { ...original, commandId: base.commandId, now: base.now };
  return { ...original, commandId: base.commandId, requestHash: base.requestHash, now: base.now };
}
