import { assertNonNegative, assertSafeInteger, hasLapsed, type IsoTime } from '@cloud-bridge/base';

/** The origin of a lot's credits. */
export type LotSource = 'purchase' | 'grant' | 'promotion' | 'subscription';

/**
 * Burn priorities: among lots with the same expiry, the lower number burns first. Given credits burn before paid ones.
 */
export const LOT_PRIORITY: Readonly<Record<LotSource, number>> = {
  subscription: 10,
  promotion: 20,
  grant: 30,
  purchase: 100,
};

/** The fields that identify a lot: credits that agree in all of them are merged into one lot. */
interface LotKey {
  readonly source: LotSource;
  readonly priority: number;
  /** The time from which the credits are gone; null if they never expire. */
  readonly expiresAt: IsoTime | null;
}

export interface Lot extends LotKey {
  readonly remainingCredits: number;
  /** The time at which the first credits of the lot came in. */
  readonly createdAt: IsoTime;
}

/** Credits that an entry took from a lot (negative) or added to it (positive). */
export interface LotChange extends LotKey {
  readonly deltaCredits: number;
}

export function sumLots(lots: readonly Lot[]): number {
  return assertNonNegative(
    lots.reduce((sum, lot) => sum + lot.remainingCredits, 0),
    'sum of lots',
  );
}

/** Orders lots for burning: earliest expiry, then lower priority number, then oldest. */
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
 * Applies changes in order. Lots stay in burn order, and empty lots are removed.
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
 * Returns the changes that take `amountCredits` from lots, in burn order. The caller makes sure that the lots have
 * enough.
 * @throws RangeError if the lots have too few credits
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
 * Returns the changes that take back up to `amountCredits`: first from lots of `source`, because a refund undoes a
 * purchase as far as its credits remain, and then from others in burn order. Takes at most the existing credits; the
 * caller handles the rest.
 */
export function takeBack(lots: readonly Lot[], source: LotSource, amountCredits: number): LotChange[] {
  const ordered = [...lots.filter((lot) => lot.source === source), ...lots.filter((lot) => lot.source !== source)];
  return burnLots(ordered, Math.min(amountCredits, sumLots(lots)));
}

/**
 * Most lots in a wallet. At about 130 bytes per lot its document stays under 10 KB, whatever its age and the number of
 * different deadlines of its credits.
 */
export const MAX_LOTS = 48;

/**
 * Returns the changes that reduce lots to {@link MAX_LOTS}. Two lots of the same source and priority whose deadlines
 * are closest become one lot with the later deadline, so that no credits lapse early.
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

/** Returns the pair with the closest deadlines. Lots are in burn order, so lots of one kind are ordered by deadline. */
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

/** Returns the changes that empty every lapsed lot. */
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
 * Returns the changes that give back `amountCredits` of the credits that `taken` (negative changes, in burn order)
 * took. The credits that burned last return first, so that the credits that would have burned anyway stay spent.
 * @throws RangeError for more credits than were taken
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

/** Merges sets of changes that took credits into one change per lot. */
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
 * Returns the rest of `taken` (negative changes) after `returned` was given back.
 * @throws RangeError if more was returned than taken
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
