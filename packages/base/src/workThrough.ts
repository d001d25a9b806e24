import { isDeepStrictEqual } from 'node:util';
import type { Logger } from './logger.ts';
import { Throttled } from './throttled.ts';
import { addSeconds, type Clock, hasLapsed } from './time.ts';

/** Where scheduled work keeps how far it has come. */
export interface Cursors {
  /** Where the work stopped; null when the next run begins at the front. */
  readCursor<C>(name: string): Promise<C | null>;
  writeCursor(name: string, cursor: unknown): Promise<void>;
}

export interface WorkNeeds {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly schedules: Cursors;
}

/** How much one run does; the next run goes on from there. */
export interface RunLimits {
  /** No piece of work is begun after so many seconds. */
  readonly seconds: number;
  /** How many pieces of work are under way at once. */
  readonly concurrency: number;
  readonly pageSize: number;
  /** Waits for so many milliseconds; tests have their own time. */
  readonly wait: (ms: number) => Promise<void>;
}

/** Leaves two minutes of a function's nine for the pieces of work that are under way when the time is up. */
const LIMITS: RunLimits = {
  seconds: 7 * 60,
  concurrency: 10,
  pageSize: 100,
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
/** What runs every five minutes ends before its next run begins. */
export const FIVE_MINUTE_RUN: Partial<RunLimits> = { seconds: 4 * 60 };

/** Refusals in a row, without anything done in between, after which a run leaves the rest to the next one. */
const MAX_REFUSALS = 5;
/** The longest wait for a provider that doesn't say how long it wants to be left alone. */
const MAX_WAIT_SECONDS = 60;
/** How many of the pieces of work that failed are named in the log. */
const MAX_NAMED = 20;

export interface WorkPage<T, C> {
  readonly items: readonly T[];
  /** Where the next page begins; null on the last page. */
  readonly next: C | null;
}

/** What there is to do, in an order that stays the same while it is done. */
export interface Work<T, C> {
  /** The name of its cursor. */
  readonly name: string;
  readonly list: (after: C | null, limit: number) => Promise<WorkPage<T, C>>;
  /** True when something was changed. What it throws is logged, and the others go on. */
  readonly settle: (item: T) => Promise<boolean>;
  /** Where the list goes on after an item. */
  readonly cursorAfter: (item: T) => C;
  /** What the log says when an item fails. */
  readonly complaint: string;
  readonly nameOf: (item: T) => Record<string, unknown>;
}

interface RunResult {
  /** How many items were changed. */
  readonly changed: number;
  /** False when the run ended first: the next run goes on from there. */
  readonly isComplete: boolean;
}

/** A page of a list whose end shows by a page that isn't full. */
export function pageOf<T, C>(items: readonly T[], limit: number, cursorAfter: (item: T) => C): WorkPage<T, C> {
  const last = items.length < limit ? undefined : items.at(-1);
  return { items, next: last === undefined ? null : cursorAfter(last) };
}

/**
 * Goes through a list from where the last run stopped, several items at once, until its end or until the time is up.
 * The cursor moves past every item that was tried, also past one that failed: so nothing that always fails is tried
 * first each time, and every item has its turn however long the list is. A provider that takes no more requests is left
 * alone for as long as it says, then asked with half as many at once; after several refusals the rest waits for the
 * next run.
 * @throws what `list` throws, unless the provider takes no more requests
 */
export async function workThrough<T, C>(
  deps: WorkNeeds,
  work: Work<T, C>,
  limits: Partial<RunLimits> = {},
): Promise<RunResult> {
  const { seconds, pageSize, wait, ...allowed } = { ...LIMITS, ...limits };
  const endsAt = addSeconds(deps.clock(), seconds);
  const isOver = () => hasLapsed(endsAt, deps.clock());
  const complain = complainer(deps, work);
  let { concurrency } = allowed;
  let cursor: C | null = await deps.schedules.readCursor<C>(work.name);
  let changed = 0;
  for (let refusals = 0; !isOver(); ) {
    const leg = await makeLeg(work, cursor, { pageSize, concurrency, isOver, complain });
    changed += leg.changed;
    if (leg.hasMoved) await deps.schedules.writeCursor(work.name, leg.cursor);
    if (leg.hasMoved && leg.cursor === null) return { changed, isComplete: true };
    // A list that is gone through by whole pages may have to look at the same page again.
    const isFurther = !isDeepStrictEqual(leg.cursor, cursor);
    cursor = leg.cursor;
    if (!leg.refusal) continue;
    refusals = isFurther ? 1 : refusals + 1;
    concurrency = Math.max(1, Math.floor(concurrency / 2));
    const waitMs = waitAfter(leg.refusal, refusals);
    if (refusals > MAX_REFUSALS || hasLapsed(endsAt, addSeconds(deps.clock(), waitMs / 1000))) break;
    await wait(waitMs);
  }
  deps.logger.info('the next run goes on', { schedule: work.name, changed });
  return { changed, isComplete: false };
}

interface Leg<C> {
  readonly changed: number;
  /** Where to go on; null at the front, or behind the end once it has moved. */
  readonly cursor: C | null;
  readonly hasMoved: boolean;
  readonly refusal: Throttled | null;
}

interface LegOptions<T> {
  readonly pageSize: number;
  readonly concurrency: number;
  readonly isOver: () => boolean;
  readonly complain: (item: T, cause: unknown) => void;
}

/** Lists a page and works it off, as far as the time and the provider allow. */
async function makeLeg<T, C>(work: Work<T, C>, cursor: C | null, options: LegOptions<T>): Promise<Leg<C>> {
  const page = await listUnlessRefused(work, cursor, options.pageSize);
  if (page instanceof Throttled) return { changed: 0, cursor, hasMoved: false, refusal: page };
  const { changed, tried, refusal } = await workOff(page.items, work.settle, options);
  if (tried === page.items.length) return { changed, cursor: page.next, hasMoved: true, refusal };
  const last = page.items[tried - 1];
  if (last === undefined) return { changed, cursor, hasMoved: false, refusal };
  return { changed, cursor: work.cursorAfter(last), hasMoved: true, refusal };
}

async function listUnlessRefused<T, C>(
  { list }: Work<T, C>,
  cursor: C | null,
  limit: number,
): Promise<WorkPage<T, C> | Throttled> {
  try {
    return await list(cursor, limit);
  } catch (error) {
    if (error instanceof Throttled) return error;
    throw error;
  }
}

/**
 * Begins items in their order and waits for all that it began.
 * @returns `tried`: how many from the front on need no other try now
 */
async function workOff<T>(
  items: readonly T[],
  settle: (item: T) => Promise<boolean>,
  { concurrency, isOver, complain }: LegOptions<T>,
): Promise<{ changed: number; tried: number; refusal: Throttled | null }> {
  const rest = items.entries();
  const refusals: { index: number; error: Throttled }[] = [];
  let changed = 0;
  let begun = 0;
  const worker = async () => {
    while (refusals.length === 0 && !isOver()) {
      const { value, done } = rest.next();
      if (done) return;
      const [index, item] = value;
      begun += 1;
      try {
        // Not in one expression: others count while this waits.
        const isChanged = await settle(item);
        changed += Number(isChanged);
      } catch (error) {
        if (error instanceof Throttled) refusals.push({ index, error });
        else complain(item, error);
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const [first] = refusals.toSorted((one, other) => one.index - other.index);
  return { changed, tried: first?.index ?? begun, refusal: first?.error ?? null };
}

/** How long to leave a provider alone: never shorter than it says, and never all processes for as long. */
function waitAfter({ askedSeconds }: Throttled, refusals: number): number {
  const seconds = askedSeconds ?? Math.min(MAX_WAIT_SECONDS, 2 ** refusals);
  return Math.ceil(seconds * 1000 * (1 + Math.random() / 2));
}

function complainer<T, C>({ logger }: Pick<WorkNeeds, 'logger'>, { complaint, nameOf }: Work<T, C>) {
  let named = 0;
  return (item: T, cause: unknown): void => {
    named += 1;
    if (named <= MAX_NAMED) logger.error(complaint, { ...nameOf(item), cause: String(cause) });
    if (named === MAX_NAMED + 1) logger.error(complaint, { cause: 'and more, which are not named' });
  };
}
