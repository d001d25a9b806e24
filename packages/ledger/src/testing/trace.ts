import { AppError } from '@cloud-bridge/base';
import { entriesToRead, type WalletCommand } from '../commands.ts';
import type { Decision, LedgerView } from '../decide.ts';
import { decide } from '../decide.ts';
import type { Entry } from '../entry.ts';
import { emptyWallet, type Wallet } from '../wallet.ts';
import { minuteOf } from './commandHistories.ts';

/** One command of a history, with the state before it and its outcome. */
export interface Turn {
  readonly command: WalletCommand;
  readonly view: LedgerView;
  /** The wallet before the command. */
  readonly before: Wallet;
  /** The entry that already existed under the command's entry id. */
  readonly earlier: Entry | null;
  /** The hold that the command names. */
  readonly hold: Entry | null;
  /** Null if the command was refused. */
  readonly decision: Decision | null;
  readonly refusal: unknown;
  /** The wallet after the command. */
  readonly after: Wallet;
}

/** A turn that posted an entry: neither refused nor a replay. */
export interface PostedTurn extends Turn {
  readonly decision: Decision;
  /** The entry of the command itself. */
  readonly entry: Entry;
}

/** A history of commands on one wallet, decided one after the other. */
export interface Trace {
  readonly turns: readonly Turn[];
  readonly posted: readonly PostedTurn[];
  readonly replayed: readonly (Turn & { readonly decision: Decision; readonly earlier: Entry })[];
  readonly refused: readonly Turn[];
  readonly wallet: Wallet;
  /** By id, with holds in their final state. */
  readonly entries: ReadonlyMap<string, Entry>;
  /** In the order of posting, with holds in their final state. */
  readonly ledger: readonly Entry[];
}

/** The wallet at the beginning of every history. */
export const EMPTY: Wallet = deepFreeze(emptyWallet('alice', 'main', minuteOf(-60)));

/** Returns the view that the writer gives a command: the wallet, and the entries that the command needs. */
export function viewOf(wallet: Wallet, entries: ReadonlyMap<string, Entry>, command: WalletCommand): LedgerView {
  return { wallet, entries: new Map(entriesToRead(command).map((id) => [id, entries.get(id) ?? null])) };
}

/** Decides commands one after the other. All inputs of `decide` are frozen, so that changing them throws. */
export function traceOf(commands: readonly WalletCommand[]): Trace {
  const entries = new Map<string, Entry>();
  const turns: Turn[] = [];
  let wallet = EMPTY;
  for (const command of commands) {
    const view = viewOf(wallet, entries, deepFreeze(command));
    const { decision, refusal } = attempt(view, command);
    const turn = {
      command,
      view,
      before: wallet,
      earlier: view.entries.get(command.entryId) ?? null,
      hold: 'chargeId' in command ? (view.entries.get(command.chargeId) ?? null) : null,
      decision,
      refusal,
      after: decision?.wallet ?? wallet,
    };
    turns.push(turn);
    wallet = turn.after;
    for (const entry of decision?.created ?? []) entries.set(entry.id, entry);
    if (decision?.updated) entries.set(decision.updated.id, decision.updated);
  }
  const ledger = [...entries.values()].sort((a, b) => a.sequence - b.sequence);
  return { turns, ...sorted(turns), wallet, entries, ledger };
}

function attempt(view: LedgerView, command: WalletCommand): { decision: Decision | null; refusal: unknown } {
  try {
    return { decision: deepFreeze(decide(view, command)), refusal: null };
  } catch (refusal) {
    if (refusal instanceof AppError || refusal instanceof RangeError) return { decision: null, refusal };
    throw refusal;
  }
}

function sorted(turns: readonly Turn[]): Pick<Trace, 'posted' | 'replayed' | 'refused'> {
  const accepted = turns.flatMap((turn) => (turn.decision ? [{ ...turn, decision: turn.decision }] : []));
  return {
    posted: accepted.filter((turn) => !turn.earlier).map((turn) => ({ ...turn, entry: turn.decision.result.entry })),
    replayed: accepted.flatMap((turn) => (turn.earlier ? [{ ...turn, earlier: turn.earlier }] : [])),
    refused: turns.filter((turn) => !turn.decision),
  };
}

/** Freezes a value and everything in it. */
function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}
