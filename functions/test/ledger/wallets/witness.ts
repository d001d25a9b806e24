import { AppError } from '@cloud-bridge/base';
import {
  applyEntry,
  type CommandResult,
  type Entry,
  emptyWallet,
  isBalanced,
  Ledger,
  type WalletAddress,
  type WalletCommand,
} from '@cloud-bridge/ledger';
import type { Firestore } from 'firebase-admin/firestore';
import { minuteOf } from '../../../../packages/ledger/src/testing/commandHistories.ts';
import { lineOf } from '../../../../packages/ledger/src/testing/lines.ts';
import { ReferenceWallet } from '../../../../packages/ledger/src/testing/referenceWallet.ts';
import { readLedger } from '../../support/ledger.ts';
import { database } from '../../support/suite.ts';

/** The way that a command takes to the wallet. */
export type Send = (command: WalletCommand) => Promise<CommandResult>;

/** A command on its way, between two ticks of the test's own count of events. */
export interface Submission {
  readonly command: WalletCommand;
  readonly invokedAt: number;
  answeredAt: number;
  answer: { readonly result: CommandResult } | { readonly refusal: unknown } | null;
}

/** Sends commands to one wallet, remembers what everybody was told, and compares it with what is stored. */
export class Witness {
  readonly address: WalletAddress;
  readonly submissions: Submission[] = [];
  readonly #db: Firestore;
  #outstanding: Promise<void>[] = [];
  #tick = 0;

  constructor(address: WalletAddress, db = database()) {
    this.address = address;
    this.#db = db;
  }

  /** Sends a command without waiting for the answer. */
  send(command: WalletCommand, send: Send): void {
    const submission: Submission = { command, invokedAt: this.#tick++, answeredAt: Infinity, answer: null };
    this.submissions.push(submission);
    const note = (answer: Submission['answer']) => {
      Object.assign(submission, { answer, answeredAt: this.#tick++ });
    };
    this.#outstanding.push(
      send(command).then(
        (result) => note({ result }),
        (refusal: unknown) => note({ refusal }),
      ),
    );
  }

  /** Waits until every command that was sent is answered. */
  async everybodyIsAnswered(): Promise<void> {
    await Promise.all(this.#outstanding.splice(0));
  }

  /**
   * Checks that the entries are what the reference makes of their commands in the order of the ledger, that wallet and
   * entries agree with it, and that everybody was told the truth. Submissions that `isUndecided` were told nothing.
   */
  async check(isUndecided: (submission: Submission) => boolean = () => false): Promise<void> {
    const ledger = await readLedger(this.address.accountId, this.address.walletId, this.#db);
    const states = this.#retell(ledger);
    for (const submission of this.submissions)
      if (!isUndecided(submission)) this.#checkAnswer(submission, states, ledger);
    await this.#checkWallet(ledger, states.get(ledger.length) ?? new ReferenceWallet());
  }

  /**
   * The reference after each command that was committed, by the sequence that it reached; checks entries on the way.
   */
  #retell(ledger: readonly Entry[]): Map<number, ReferenceWallet> {
    const byId = new Map(this.submissions.map(({ command }) => [command.commandId, command]));
    const reference = new ReferenceWallet();
    const states = new Map([[0, reference.clone()]]);
    while (reference.lines.length < ledger.length) {
      const from = reference.lines.length;
      const command = byId.get(ledger[from]?.commandId ?? '');
      if (!command) throw new Error(`nobody sent the command of entry ${from + 1}`);
      expect(reference.tell(command).outcome).toBe('done');
      const posted = ledger.slice(from, reference.lines.length);
      expect(posted.map(lineOf)).toEqual(reference.lines.slice(from).map(lineOf));
      expect(new Set(posted.map((entry) => entry.commandId))).toEqual(new Set([command.commandId]));
      states.set(reference.lines.length, reference.clone());
    }
    return states;
  }

  /** What was committed before a submission was sent, and the most that can have been when it was answered. */
  #boundsOf(submission: Submission, ledger: readonly Entry[]): { least: number; most: number } {
    const sequences = (of: readonly Submission[]) => {
      const ids = new Set(of.map(({ command }) => command.commandId));
      return ledger.filter((entry) => ids.has(entry.commandId)).map((entry) => entry.sequence);
    };
    const known = this.submissions.filter(
      ({ answeredAt, answer }) => answeredAt < submission.invokedAt && answer && 'result' in answer,
    );
    // One try may be sent twice; it began with the first time.
    const begun = this.submissions.filter(({ invokedAt }) => invokedAt < submission.answeredAt);
    const ids = new Set(begun.map(({ command }) => command.commandId));
    const after = this.submissions.filter(({ command }) => !ids.has(command.commandId));
    return {
      least: Math.max(0, ...sequences(known)),
      most: Math.min(ledger.length, ...sequences(after).map((sequence) => sequence - 1)),
    };
  }

  /** An answer has to be the right one at some moment between the question and the answer. */
  #checkAnswer(submission: Submission, states: ReadonlyMap<number, ReferenceWallet>, ledger: readonly Entry[]): void {
    const { command, answer } = submission;
    const { least, most } = this.#boundsOf(submission, ledger);
    const stored = ledger.find((entry) => entry.id === command.entryId);
    if (!answer) throw new Error(`${command.type} was never answered`);
    if ('result' in answer) {
      const { entry, replayed } = answer.result;
      expect(lineOf(entry)).toEqual(stored && lineOf(stored));
      expect(stored?.requestHash).toBe(command.requestHash);
      expect(replayed).toBe(stored?.commandId !== command.commandId);
      expect(entry.sequence).toBeLessThanOrEqual(most);
      return;
    }
    if (isImpossible(command) && answer.refusal instanceof RangeError) return;
    if (!(answer.refusal instanceof AppError)) throw answer.refusal;
    // Of a try that is sent twice, one may come too early and the other in time.
    const isSentOnce = this.submissions.every(
      (other) => other === submission || other.command.commandId !== command.commandId,
    );
    if (isSentOnce) expect(stored?.commandId).not.toBe(command.commandId);
    const { code, details } = answer.refusal;
    const tellings = [...states]
      .filter(([sequence]) => sequence >= least && sequence <= most)
      .map(([, state]) => state.clone().tell(command));
    expect(tellings).toContainEqual({ outcome: 'refused', code, details });
  }

  /** The wallet that is stored, the one that its entries add up to and the reference have to be the same. */
  async #checkWallet(ledger: readonly Entry[], reference: ReferenceWallet): Promise<void> {
    const { accountId, walletId } = this.address;
    const stored = await new Ledger(this.#db).read(this.address, minuteOf(0));
    expect(stored).toEqual(ledger.reduce(applyEntry, emptyWallet(accountId, walletId, minuteOf(0))));
    expect(isBalanced(stored)).toBe(true);
    expect(stored.availableCredits).toBe(reference.available);
    expect(stored.heldCredits).toBe(reference.held);
    expect(stored.debtCredits).toBe(reference.debt);
    expect(stored.totals).toEqual(reference.total);
    const { dayCredits = 0, monthCredits = 0 } = stored.keySpending?.keys.key_2 ?? {};
    expect(dayCredits).toBe(reference.usedBy('key_2', 'day', reference.time));
    expect(monthCredits).toBe(reference.usedBy('key_2', 'month', reference.time));
    expect(
      stored.lots.map(({ source, expiresAt, remainingCredits: credits }) => ({ source, expiresAt, credits })),
    ).toEqual(reference.piles);
    for (const { id, charge } of ledger.filter((entry) => entry.kind === 'hold')) {
      const { status, captured, deadline } = reference.holds.get(id) ?? {};
      expect(charge).toMatchObject({ status, capturedCredits: captured, holdExpiresAt: deadline });
    }
  }
}

/** True for amounts that no command may carry. */
function isImpossible(command: WalletCommand): boolean {
  const amount = 'amountCredits' in command ? (command.amountCredits ?? 0) : 0;
  return !Number.isSafeInteger(amount) || (amount < 0 && command.type !== 'adjustment');
}
