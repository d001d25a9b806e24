import { isDeepStrictEqual } from 'node:util';
import type { Logger } from './logger.ts';
import { Throttled } from './throttled.ts';
import { addSeconds, type Clock, hasLapsed } from './time.ts';

/** Stores how far scheduled work has come. */
export interface Cursors {
  /** Returns where the work stopped; null if the next run begins at the front of the list. */
  readCursor<C>(name: string): Promise<C | null>;
  writeCursor(name: string, cursor: unknown): Promise<void>;
}

export interface WorkNeeds {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly schedules: Cursors;
}

/** How much one run does; the next run continues from there. */
export interface RunLimits {
  /** Seconds after which no further item is started. */
  readonly seconds: number;
  /** Items that are settled at the same time. */
  readonly concurrency: number;
  readonly pageSize: number;
  /** Waits a number of milliseconds; tests replace it with simulated time. */
  readonly wait: (ms: number) => Promise<void>;
}

/**
 * A scheduled function may run nine minutes. Two of them are left for the items that are under way when the time is up.
 */
const LIMITS: RunLimits = {
  seconds: 7 * 60,
  concurrency: 10,
  pageSize: 100,
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
/** Run limits for schedules of every five minutes: a run ends before the next begins. */
export const FIVE_MINUTE_RUN: Partial<RunLimits> = { seconds: 4 * 60 };

/** Refusals in a row, without any progress in between, after which a run leaves the rest to the next run. */
const MAX_REFUSALS = 5;
/** The longest wait for a provider that doesn't say how long to wait. */
const MAX_WAIT_SECONDS = 60;
/** Failed items that the log names. */
const MAX_NAMED = 20;

export interface WorkPage<T, C> {
  readonly items: readonly T[];
  /** Where the next page begins; null on the last page. */
  readonly next: C | null;
}

/** A list of items to settle. Its order has to stay the same while items are settled. */
export interface Work<T, C> {
  /** The name under which the cursor is stored. */
  readonly name: string;
  readonly list: (after: C | null, limit: number) => Promise<WorkPage<T, C>>;
  /** Returns true when something was changed. Its errors are logged, and the run continues with the other items. */
  readonly settle: (item: T) => Promise<boolean>;
  /** Returns the cursor from which the list continues after an item. */
  readonly cursorAfter: (item: T) => C;
  /** The log message for an item that fails. */
  readonly complaint: string;
  readonly nameOf: (item: T) => Record<string, unknown>;
}

interface RunResult {
  /** Number of items that were changed. */
  readonly changed: number;
  /** False when the run ended before the list did; the next run continues from there. */
  readonly isComplete: boolean;
}

/** Returns a page of a list; a page with fewer items than `limit` is the last page. */
export function pageOf<T, C>(items: readonly T[], limit: number, cursorAfter: (item: T) => C): WorkPage<T, C> {
  const last = items.length < limit ? undefined : items.at(-1);
  return { items, next: last === undefined ? null : cursorAfter(last) };
}

/**
 * Settles the items of a list from where the last run stopped, several at the same time, until the list ends or the
 * time is up. The cursor moves past every item that was tried, even past failed items: an item that always fails
 * doesn't block the others, and every item has its turn however long the list is. A provider that refuses further
 * requests is left alone for as long as it asks, and then gets half as many requests at the same time; after several
 * refusals the rest waits for the next run.
 * @throws the errors of `list`, except Throttled
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
    // A list that is processed by whole pages may have to read the same page again.
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
  /** Where the next leg begins; null at the front of the list, or, once the leg has moved, at its end. */
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

/** Lists a page and settles its items, as far as the time and the provider allow. */
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
 * Starts items in order and waits for all that it started.
 * @returns `tried`: the number of items from the front that need no further attempt in this run
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
        // Not in one expression: other workers change `changed` during the await.
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

/**
 * Returns milliseconds to leave a provider alone: at least as long as it asks, with a random extra so that processes
 * don't return at the same time.
 */
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
