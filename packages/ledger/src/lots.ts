import { assertNonNegative, assertSafeInteger, hasLapsed, type IsoTime } from '@cloud-bridge/base';

/** Where the credits of a lot came from. */
export type LotSource = 'purchase' | 'grant' | 'promotion' | 'subscription';

/** Among lots with the same expiry the lower number burns first: what was given burns before what was paid for. */
export const LOT_PRIORITY: Readonly<Record<LotSource, number>> = {
  subscription: 10,
  promotion: 20,
  grant: 30,
  purchase: 100,
};

/** What tells lots apart: credits that agree in all of this are one lot. */
interface LotKey {
  readonly source: LotSource;
  readonly priority: number;
  /** From this moment on the credits are gone; null: never. */
  readonly expiresAt: IsoTime | null;
}

export interface Lot extends LotKey {
  readonly remainingCredits: number;
  /** When the first credits of the lot came in. */
  readonly createdAt: IsoTime;
}

/** Credits that one entry took from a lot (negative) or put into it (positive). */
export interface LotChange extends LotKey {
  readonly deltaCredits: number;
}

export function sumLots(lots: readonly Lot[]): number {
  return assertNonNegative(
    lots.reduce((sum, lot) => sum + lot.remainingCredits, 0),
    'sum of lots',
  );
}

/** Burn order: earliest expiry, then lower priority number, then oldest. */
function compareBurnOrder(a: Lot, b: Lot): number {
  if (a.expiresAt !== b.expiresAt) {
    if (a.expiresAt === null) return 1;
    if (b.expiresAt === null) return -1;
    return a.expiresAt < b.expiresAt ? -1 : 1;
  }
  if (a.priority !== b.priority) return a.priority - b.priority;
  return a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : 0;
}

function sameLot(a: LotKey, b: LotKey): boolean {
  return a.source === b.source && a.priority === b.priority && a.expiresAt === b.expiresAt;
}

/**
 * Applies changes in order; lots stay in burn order and empty ones go.
 * @throws RangeError if a lot would go below zero
 */
export function applyLotChanges(lots: readonly Lot[], changes: readonly LotChange[], at: IsoTime): Lot[] {
  let next = [...lots];
  let added = false;
  for (const change of changes) {
    const index = next.findIndex((lot) => sameLot(lot, change));
    const lot = next[index];
    const before = lot?.remainingCredits ?? 0;
    const remainingCredits = assertNonNegative(before + change.deltaCredits, 'credits of a lot');
    if (lot) {
      next[index] = { ...lot, remainingCredits };
    } else {
      const { source, priority, expiresAt } = change;
      next.push({ source, priority, expiresAt, remainingCredits, createdAt: at });
      added = true;
    }
  }
  next = next.filter((lot) => lot.remainingCredits > 0);
  return added ? next.sort(compareBurnOrder) : next;
}

/**
 * The changes that take `amountCredits` from lots in burn order.
 * The caller has made sure that there is enough; otherwise this throws RangeError.
 */
export function burnLots(lots: readonly Lot[], amountCredits: number): LotChange[] {
  let missing = assertNonNegative(amountCredits, 'amount to burn');
  const changes: LotChange[] = [];
  for (const { source, priority, expiresAt, remainingCredits } of lots) {
    if (missing === 0) break;
    const taken = Math.min(missing, remainingCredits);
    changes.push({ source, priority, expiresAt, deltaCredits: -taken });
    missing -= taken;
  }
  if (missing > 0) throw new RangeError(`lots are ${missing} credits short`);
  return changes;
}

/**
 * The changes that take back up to `amountCredits` of one source's credits first, and then of others in burn order:
 * what a refund undoes is what was bought, as far as it is still there. Takes what there is; the rest is the caller's.
 */
export function takeBack(lots: readonly Lot[], source: LotSource, amountCredits: number): LotChange[] {
  const ordered = [...lots.filter((lot) => lot.source === source), ...lots.filter((lot) => lot.source !== source)];
  return burnLots(ordered, Math.min(amountCredits, sumLots(lots)));
}

/**
 * How many lots a wallet may have: at some 130 bytes each its document stays under 10 KB, whatever its age and however
 * many different deadlines its credits were given.
 */
export const MAX_LOTS = 48;

/**
 * The changes that make room when there would be more than {@link MAX_LOTS} lots: of one source and priority the two
 * neighbours whose deadlines are closest become one, with the later deadline, so that nobody's credits lapse early.
 */
export function makeRoom(lots: readonly Lot[]): LotChange[] {
  const changes: LotChange[] = [];
  let current = [...lots];
  while (current.length > MAX_LOTS) {
    const pair = closestNeighbours(current);
    if (!pair) break;
    const [early, late] = pair;
    const moved = [lotChange(early, -early.remainingCredits), lotChange(late, early.remainingCredits)];
    changes.push(...moved);
    current = applyLotChanges(current, moved, late.createdAt);
  }
  return changes;
}

function lotChange({ source, priority, expiresAt }: LotKey, deltaCredits: number): LotChange {
  return { source, priority, expiresAt, deltaCredits };
}

/** Lots are in burn order, so those of one kind are in the order of their deadlines. */
function closestNeighbours(lots: readonly Lot[]): [Lot, Lot] | null {
  let best: { pair: [Lot, Lot]; gapMs: number } | null = null;
  const last = new Map<string, Lot>();
  for (const lot of lots) {
    if (lot.expiresAt === null) continue;
    const kind = `${lot.source} ${lot.priority}`;
    const before = last.get(kind);
    if (before?.expiresAt) {
      const gapMs = Date.parse(lot.expiresAt) - Date.parse(before.expiresAt);
      if (!best || gapMs < best.gapMs) best = { pair: [before, lot], gapMs };
    }
    last.set(kind, lot);
  }
  return best?.pair ?? null;
}

/** The changes that empty every lot whose deadline has come. */
export function lapseLots(lots: readonly Lot[], now: IsoTime): LotChange[] {
  return lots
    .filter((lot) => hasLapsed(lot.expiresAt, now))
    .map(({ source, priority, expiresAt, remainingCredits }) => ({
      source,
      priority,
      expiresAt,
      deltaCredits: -remainingCredits,
    }));
}

/**
 * What is given back of the credits that `taken` (negative changes, in burn order) took: the last-burning ones first,
 * so that what stays spent is what would have been spent anyway.
 * @throws RangeError for more than was taken
 */
export function giveBack(taken: readonly LotChange[], amountCredits: number): LotChange[] {
  let missing = assertNonNegative(amountCredits, 'amount to give back');
  const changes: LotChange[] = [];
  for (const { source, priority, expiresAt, deltaCredits } of taken.toReversed()) {
    if (missing === 0) break;
    const returned = Math.min(missing, -deltaCredits);
    if (returned > 0) changes.push({ source, priority, expiresAt, deltaCredits: returned });
    missing -= returned;
  }
  if (missing > 0) throw new RangeError(`${missing} credits more than were taken`);
  return changes;
}

/** Several sets of changes that took credits, with one change for each lot. */
export function mergeTaken(...sets: readonly (readonly LotChange[])[]): LotChange[] {
  const merged: LotChange[] = [];
  for (const change of sets.flat()) {
    const index = merged.findIndex((known) => sameLot(known, change));
    const known = merged[index];
    if (known) merged[index] = lotChange(known, known.deltaCredits + change.deltaCredits);
    else merged.push(lotChange(change, change.deltaCredits));
  }
  return merged;
}

/**
 * What remains of `taken` (negative changes) once `returned` of it was given back.
 * @throws RangeError for more
 */
export function leftOfTaken(taken: readonly LotChange[], returned: readonly LotChange[]): LotChange[] {
  const left = mergeTaken(taken, returned);
  for (const { deltaCredits } of left) assertNonNegative(-deltaCredits, 'credits taken from a lot');
  return left.filter((change) => change.deltaCredits !== 0);
}

export function sumChanges(changes: readonly LotChange[]): number {
  return assertSafeInteger(
    changes.reduce((sum, change) => sum + change.deltaCredits, 0),
    'sum of lot changes',
  );
}
