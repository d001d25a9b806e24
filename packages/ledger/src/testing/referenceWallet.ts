import type { SettleCommand, WalletCommand } from '../commands.ts';
import type { LotSource } from '../lots.ts';

/** The expected fields of one entry. */
export interface Line {
  readonly id: string;
  readonly kind: string;
  readonly sequence: number;
  readonly createdAt: string;
  readonly amountCredits: number;
  readonly balanceAfterCredits: number;
  readonly heldDeltaCredits: number;
  readonly debtDeltaCredits: number;
  readonly consumedCredits: number;
  readonly expiredCredits: number;
}

/** The expected answer to a command. */
export type Told =
  | { readonly outcome: 'done'; readonly lines: readonly Line[] }
  | { readonly outcome: 'replay'; readonly first: Line }
  | { readonly outcome: 'refused'; readonly code: string; readonly details: unknown };

/** Credits of one source that expire together. */
export interface Pile {
  readonly source: LotSource;
  readonly expiresAt: string | null;
  readonly credits: number;
}

export interface Hold {
  readonly credits: number;
  readonly taken: readonly Pile[];
  readonly apiKeyId: string | undefined;
  readonly deadline: string;
  readonly status: 'held' | 'captured' | 'released' | 'expired';
  readonly captured: number;
}

/** Credits that count for a key's caps from a time on. */
interface Use {
  readonly apiKeyId: string;
  readonly time: string;
  readonly credits: number;
  readonly holdId: string | null;
}

type Window = 'day' | 'month';

/** Burn order of credits that expire together. */
const BURN_ORDER: readonly LotSource[] = ['subscription', 'promotion', 'grant', 'purchase'];

class Refusal extends Error {
  readonly code: string;
  readonly details: unknown;

  constructor(code: string, details: unknown = undefined) {
    super(code);
    this.code = code;
    this.details = details;
  }
}

/**
 * An independent, simple implementation of a wallet's rules, to compare with the wallet core. It shares no code with
 * the core, knows no documents, commits or versions, and takes one command at a time.
 */
export class ReferenceWallet {
  /** In burn order, without empty piles. */
  piles: Pile[] = [];
  debt = 0;
  held = 0;
  /** The times and amounts of what keys with caps have spent or hold. */
  uses: readonly Use[] = [];
  time = '';
  readonly total = {
    purchasedCredits: 0,
    grantedCredits: 0,
    reinstatedCredits: 0,
    adjustedCredits: 0,
    consumedCredits: 0,
    expiredCredits: 0,
    revokedCredits: 0,
  };
  readonly lines: Line[] = [];
  readonly holds = new Map<string, Hold>();
  /** Charges that spent at once, by id: they exist, but can't be settled. */
  readonly charges = new Map<string, string | undefined>();
  readonly #keys = new Map<string, { requestHash: string; line: Line }>();

  clone(): ReferenceWallet {
    const copy = new ReferenceWallet();
    copy.#become(this);
    return copy;
  }

  get available(): number {
    return sumOf(this.piles) - this.debt;
  }

  /** Carries out a command, or returns the refusal and stays unchanged. */
  tell(command: WalletCommand): Told {
    const first = this.#keys.get(command.entryId);
    if (first) {
      if (first.requestHash !== command.requestHash) return refused(new Refusal('IDEMPOTENCY_KEY_REUSED'));
      return { outcome: 'replay', first: first.line };
    }
    const next = this.clone();
    try {
      // Clocks differ. Deadlines are judged by the ledger's time, which never runs backwards.
      next.#carryOut(onTimeOf(next, withoutMinusZero(command)));
    } catch (error) {
      if (error instanceof Refusal) return refused(error);
      throw error;
    }
    const lines = next.lines.slice(this.lines.length);
    this.#become(next);
    return { outcome: 'done', lines };
  }

  #become(other: ReferenceWallet): void {
    this.piles = [...other.piles];
    this.debt = other.debt;
    this.uses = other.uses;
    this.held = other.held;
    this.time = other.time;
    Object.assign(this.total, other.total);
    // Collections that only grow are extended by what is new.
    this.lines.push(...other.lines.slice(this.lines.length));
    for (const [id, hold] of other.holds) this.holds.set(id, hold);
    for (const [id, apiKeyId] of other.charges) this.charges.set(id, apiKeyId);
    for (const [id, key] of other.#keys) this.#keys.set(id, key);
  }

  #carryOut(command: WalletCommand): void {
    switch (command.type) {
      case 'charge': {
        const price = command.amountCredits;
        this.#lapse(command);
        if (price > 0 && price > this.available) throw this.#insufficient(price);
        this.#spend(command, command.apiKeyId, price, command.hold ? command.entryId : null);
        const taken = this.#take(this.piles, price);
        if (command.hold) {
          const { expiresAt: deadline } = command.hold;
          const { apiKeyId } = command;
          this.holds.set(command.entryId, { credits: price, taken, apiKeyId, deadline, status: 'held', captured: 0 });
          this.#post(command, 'hold', { heldDeltaCredits: price });
        } else {
          this.charges.set(command.entryId, command.apiKeyId);
          this.#post(command, 'charge', { consumedCredits: price });
        }
        return;
      }
      case 'purchase':
      case 'grant':
      case 'reinstatement': {
        this.#checkRoom(command.amountCredits);
        this.#lapse(command);
        const { amountCredits: credits, source, expiresAt } = command;
        const into = {
          purchase: 'purchasedCredits',
          grant: 'grantedCredits',
          reinstatement: 'reinstatedCredits',
        } as const;
        this.total[into[command.type]] += credits;
        this.#give([{ source, expiresAt, credits }]);
        this.#post(command, command.type);
        return;
      }
      case 'revocation': {
        this.#checkRoom(command.amountCredits);
        this.#lapse(command);
        this.total.revokedCredits += command.amountCredits;
        const own = this.piles.filter((pile) => pile.source === command.source);
        const others = this.piles.filter((pile) => pile.source !== command.source);
        const there = Math.min(command.amountCredits, sumOf(this.piles));
        this.#take([...own, ...others], there);
        this.debt += command.amountCredits - there;
        this.#post(command, 'revocation');
        return;
      }
      case 'adjustment': {
        this.#checkRoom(Math.max(0, command.amountCredits));
        this.#lapse(command);
        const credits = command.amountCredits;
        if (credits < 0 && -credits > this.available) throw this.#insufficient(-credits);
        this.total.adjustedCredits += credits;
        if (credits < 0) this.#take(this.piles, -credits);
        else this.#give([{ source: 'grant', expiresAt: null, credits }]);
        this.#post(command, 'adjustment');
        return;
      }
      case 'expireLots':
        if (!this.#lapse(command, command.entryId)) throw new Refusal('NOTHING_HAS_LAPSED');
        return;
      case 'close':
        throw new Error('the histories close no wallet');
      default:
        this.#settle(command);
    }
  }

  #settle(command: SettleCommand): void {
    const hold = this.#holdOf(command);
    if (command.type === 'extend') {
      if (command.expiresAt > hold.deadline) this.holds.set(command.chargeId, { ...hold, deadline: command.expiresAt });
      this.#post(command, 'hold_extension');
      return;
    }
    this.#lapse(command);
    const captured = command.type === 'capture' ? (command.amountCredits ?? hold.credits) : 0;
    const above = captured - hold.credits;
    if (above > 0 && above > this.available) throw this.#insufficient(above);
    if (above > 0) this.#spendAbove(command, hold, above);
    this.uses = this.uses.map((use) =>
      use.holdId === command.chargeId ? { ...use, credits: Math.min(captured, hold.credits) } : use,
    );
    if (above > 0) this.#take(this.piles, above);
    // The credits that burn last return first.
    const back = takeFrom([...hold.taken].reverse(), Math.max(0, -above));
    const lapsed = back.filter((pile) => isLapsed(pile, command.now));
    this.#give(back.filter((pile) => !isLapsed(pile, command.now)));
    const end = { capture: 'captured', release: 'released', expireHold: 'expired' } as const;
    const kind = { capture: 'capture', release: 'release', expireHold: 'hold_expiry' } as const;
    this.holds.set(command.chargeId, { ...hold, status: end[command.type], captured });
    this.#post(command, kind[command.type], {
      heldDeltaCredits: 0 - hold.credits,
      consumedCredits: captured,
      expiredCredits: sumOf(lapsed),
    });
  }

  #holdOf(command: SettleCommand): Hold {
    const hold = this.holds.get(command.chargeId);
    const apiKeyId = hold ? hold.apiKeyId : this.charges.get(command.chargeId);
    const isKnown = hold !== undefined || this.charges.has(command.chargeId);
    if (!isKnown || (command.apiKeyId && command.apiKeyId !== apiKeyId)) throw new Refusal('CHARGE_NOT_FOUND');
    const status = hold ? hold.status : 'captured';
    if (!hold || status !== 'held') throw new Refusal('CHARGE_NOT_HELD', { status });
    const isOver = command.now >= hold.deadline;
    if (isOver && command.type !== 'expireHold') throw new Refusal('CHARGE_NOT_HELD', { status: 'expired' });
    if (!isOver && command.type === 'expireHold') throw new Refusal('CHARGE_NOT_HELD', { status: 'held' });
    return hold;
  }

  /** Refuses credits if all credits ever added or taken back would no longer be a safe integer. */
  #checkRoom(credits: number): void {
    const { purchasedCredits, grantedCredits, reinstatedCredits, adjustedCredits, revokedCredits } = this.total;
    const parts = [purchasedCredits, grantedCredits, reinstatedCredits, Math.max(0, adjustedCredits), revokedCredits];
    const sum = [...parts, credits].reduce((total, part) => total + BigInt(part), 0n);
    if (sum > BigInt(Number.MAX_SAFE_INTEGER)) throw new Refusal('WALLET_FULL');
  }

  /** Returns the credits that a key has spent or holds in the day or month of a time. */
  usedBy(apiKeyId: string, window: Window, now: string): number {
    return this.uses
      .filter((use) => use.apiKeyId === apiKeyId && windowOf(window, use.time) === windowOf(window, now))
      .reduce((sum, { credits }) => sum + credits, 0);
  }

  /** Counts the spending of a key with caps, or refuses it. */
  #spend({ keyCaps, now }: WalletCommand, apiKeyId: string | undefined, credits: number, holdId: string | null): void {
    if (!apiKeyId || !keyCaps || credits === 0) return;
    for (const window of ['day', 'month'] as const) {
      const limitCredits = window === 'day' ? keyCaps.creditsPerDay : keyCaps.creditsPerMonth;
      const usedCredits = this.usedBy(apiKeyId, window, now);
      if (limitCredits === null || usedCredits + credits <= limitCredits) continue;
      const resetsAt = endOf(window, now);
      const details = { window, limitCredits, usedCredits, requiredCredits: credits, resetsAt };
      throw new Refusal('KEY_CREDIT_LIMIT_EXCEEDED', details);
    }
    this.uses = [...this.uses, { apiKeyId, time: now, credits, holdId }];
  }

  /** Counts credits captured beyond a hold for the key that made the hold; the owner may exceed the key's caps. */
  #spendAbove(command: SettleCommand, { apiKeyId }: Hold, credits: number): void {
    if (command.keyCaps) this.#spend(command, apiKeyId, credits, null);
    else if (apiKeyId && this.uses.some(({ holdId, credits: held }) => holdId === command.chargeId && held > 0)) {
      this.uses = [...this.uses, { apiKeyId, time: command.now, credits, holdId: null }];
    }
  }

  #insufficient(requiredCredits: number): Refusal {
    const details = { requiredCredits, availableCredits: this.available, heldCredits: this.held };
    return new Refusal('INSUFFICIENT_CREDITS', details);
  }

  /** Posts the expiry of lapsed credits; returns false if nothing has lapsed. */
  #lapse(command: WalletCommand, id = `exp_${this.lines.length + 1}`): boolean {
    const lapsed = this.piles.filter((pile) => isLapsed(pile, command.now));
    if (lapsed.length === 0) return false;
    this.piles = this.piles.filter((pile) => !isLapsed(pile, command.now));
    this.#post({ ...command, entryId: id }, 'expiry', { expiredCredits: sumOf(lapsed) });
    return true;
  }

  #take(from: readonly Pile[], credits: number): Pile[] {
    const taken = takeFrom(from, credits);
    this.#put(taken.map((pile) => ({ ...pile, credits: -pile.credits })));
    return taken;
  }

  #give(piles: readonly Pile[]): void {
    for (const pile of piles) {
      const paid = Math.min(this.debt, pile.credits);
      this.debt -= paid;
      this.#put([{ ...pile, credits: pile.credits - paid }]);
    }
  }

  #put(changes: readonly Pile[]): void {
    const byKey = new Map<string, Pile>();
    for (const pile of [...this.piles, ...changes]) {
      const key = `${pile.source} ${pile.expiresAt}`;
      byKey.set(key, { ...pile, credits: (byKey.get(key)?.credits ?? 0) + pile.credits });
    }
    this.piles = [...byKey.values()].filter((pile) => pile.credits !== 0).sort(inBurnOrder);
  }

  #post(command: WalletCommand, kind: string, figures: Partial<Line> = {}): void {
    const last = this.lines.at(-1);
    if (command.now > this.time) this.time = command.now;
    const line: Line = {
      id: command.entryId,
      kind,
      sequence: this.lines.length + 1,
      createdAt: this.time,
      amountCredits: this.available - (last?.balanceAfterCredits ?? 0),
      balanceAfterCredits: this.available,
      heldDeltaCredits: 0,
      debtDeltaCredits: this.debt - this.lines.reduce((sum, earlier) => sum + earlier.debtDeltaCredits, 0),
      consumedCredits: 0,
      expiredCredits: 0,
      ...figures,
    };
    this.held += line.heldDeltaCredits;
    this.total.consumedCredits += line.consumedCredits;
    this.total.expiredCredits += line.expiredCredits;
    this.lines.push(line);
    this.#keys.set(line.id, { requestHash: command.requestHash, line });
  }
}

function refused({ code, details }: Refusal): Told {
  return { outcome: 'refused', code, details };
}

function windowOf(window: Window, time: string): string {
  return time.slice(0, window === 'day' ? 10 : 7);
}

function endOf(window: Window, time: string): string {
  const at = new Date(time);
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
  return new Date(window === 'day' ? Date.UTC(year, month, day + 1) : Date.UTC(year, month + 1, 1)).toISOString();
}

function sumOf(piles: readonly Pile[]): number {
  return piles.reduce((sum, pile) => sum + pile.credits, 0);
}

function withoutMinusZero(command: WalletCommand): WalletCommand {
  return 'amountCredits' in command && Object.is(command.amountCredits, -0)
    ? { ...command, amountCredits: 0 }
    : command;
}

/** Moves a command to the wallet's time if its own clock is behind; a hold keeps its duration. */
function onTimeOf({ time }: ReferenceWallet, command: WalletCommand): WalletCommand {
  if (time <= command.now) return command;
  const behind = new Date(time).getTime() - new Date(command.now).getTime();
  const later = (deadline: string) => new Date(new Date(deadline).getTime() + behind).toISOString();
  const moved = { ...command, now: time };
  if (moved.type === 'extend') return { ...moved, expiresAt: later(moved.expiresAt) };
  return moved.type === 'charge' && moved.hold ? { ...moved, hold: { expiresAt: later(moved.hold.expiresAt) } } : moved;
}

function isLapsed(pile: Pile, now: string): boolean {
  return pile.expiresAt !== null && pile.expiresAt <= now;
}

/** Takes credits from the front until there are enough. */
function takeFrom(piles: readonly Pile[], credits: number): Pile[] {
  const taken: Pile[] = [];
  let missing = credits;
  for (const pile of piles) {
    const part = Math.min(missing, pile.credits);
    if (part > 0) taken.push({ ...pile, credits: part });
    missing -= part;
  }
  return taken;
}

function inBurnOrder(a: Pile, b: Pile): number {
  const [endA, endB] = [a.expiresAt ?? 'never', b.expiresAt ?? 'never'];
  if (endA !== endB) return endA < endB ? -1 : 1;
  return BURN_ORDER.indexOf(a.source) - BURN_ORDER.indexOf(b.source);
}
