import { AppError } from './appError.ts';
import { Throttled } from './throttled.ts';
import { isoTime } from './time.ts';
import { type Cursors, pageOf, type RunLimits, workThrough } from './workThrough.ts';

const tooMany = (retryAfter: string | null = null) => new Throttled(new AppError('BUSY', 'Later.'), retryAfter);
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

/** A list of numbers with a stored cursor, and a simulated time in which each item takes a second. */
class Schedule {
  readonly tried: number[] = [];
  readonly waits: number[] = [];
  readonly errors: Record<string, unknown>[] = [];
  mostUnderWay = 0;
  cursor: number | null = null;
  #items: number;
  #underWay = 0;
  #nowMs = Date.UTC(2026, 2, 14);

  constructor(items: number) {
    this.#items = items;
  }

  run(settle: (item: number) => void, limits: Partial<RunLimits> = {}, placeOf = (item: number) => item) {
    const note = (_message: string, fields: Record<string, unknown> = {}) => void this.errors.push(fields);
    const schedules = {
      readCursor: async () => this.cursor,
      writeCursor: async (_name: string, cursor: number | null) => {
        this.cursor = cursor;
      },
    };
    return workThrough(
      {
        clock: () => isoTime(this.#nowMs),
        logger: { info: () => {}, warn: () => {}, error: note },
        schedules: schedules as unknown as Cursors,
      },
      {
        name: 'test',
        list: async (after: number | null, limit) => {
          const rest = numbers(this.#items).filter((item) => after === null || item > after);
          return pageOf(rest.slice(0, limit), limit, (item) => item);
        },
        settle: (item) => this.#settle(item, settle),
        cursorAfter: placeOf,
        complaint: 'could not be done',
        nameOf: (item) => ({ item }),
      },
      { wait: async (ms) => this.#wait(ms), ...limits },
    );
  }

  #wait(ms: number): void {
    expect(this.#underWay).toBe(0);
    this.waits.push(ms);
    this.#nowMs += ms;
  }

  async #settle(item: number, settle: (item: number) => void): Promise<boolean> {
    this.tried.push(item);
    this.#underWay += 1;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.#underWay);
    await new Promise(setImmediate);
    this.#nowMs += 1_000;
    this.#underWay -= 1;
    settle(item);
    return true;
  }
}

const nothing = () => {};

it('settles every item once, page after page, up to the allowed number at the same time', async () => {
  const schedule = new Schedule(350);
  expect(await schedule.run(nothing, { concurrency: 7 })).toEqual({ changed: 350, isComplete: true });
  expect(schedule.tried).toEqual(numbers(350));
  expect(schedule.mostUnderWay).toBe(7);
  expect(schedule.cursor).toBeNull();
});

it('stops when its time is up, continues there in the next run, and restarts at the front after the end', async () => {
  const schedule = new Schedule(250);
  const limits = { seconds: 60, concurrency: 4 };
  const outcomes = [];
  while (outcomes.at(-1)?.isComplete !== true) outcomes.push(await schedule.run(nothing, limits));
  expect(outcomes.map(({ changed }) => changed)).toEqual([60 + 3, 60 + 3, 60 + 3, 250 - 3 * 63]);
  expect(schedule.tried).toEqual(numbers(250));
  await schedule.run(nothing, limits);
  expect(schedule.tried.slice(250)).toEqual(numbers(63));
});

it('skips items that fail, names some of them, and settles all others', async () => {
  const schedule = new Schedule(300);
  const result = await schedule.run((item) => {
    if (item < 200) throw new Error('no');
  });
  expect(result).toEqual({ changed: 100, isComplete: true });
  expect(schedule.tried).toEqual(numbers(300));
  expect(schedule.errors).toHaveLength(21);
  expect(schedule.errors[0]).toEqual({ item: 0, cause: 'Error: no' });
});

it('waits as long as a provider asks, with no request under way, and then tries again', async () => {
  const schedule = new Schedule(40);
  const refused = new Set<number>();
  const result = await schedule.run((item) => {
    if (item < 20 || refused.has(item) || refused.size === 3) return;
    refused.add(item);
    throw tooMany('30');
  });
  expect(result).toEqual({ changed: expect.any(Number), isComplete: true });
  expect(new Set(schedule.tried)).toEqual(new Set(numbers(40)));
  for (const item of refused) expect(schedule.tried.filter((tried) => tried === item).length).toBeGreaterThan(1);
  expect(schedule.waits.length).toBeGreaterThan(0);
  for (const ms of schedule.waits) {
    expect(ms).toBeGreaterThanOrEqual(30_000);
    expect(ms).toBeLessThanOrEqual(45_000);
  }
});

it('waits longer each time when a provider does not say how long, then leaves the rest to the next run', async () => {
  const schedule = new Schedule(40);
  const refuse = (item: number) => {
    if (item >= 10) throw tooMany();
  };
  expect(await schedule.run(refuse, { concurrency: 1 })).toEqual({ changed: 10, isComplete: false });
  expect(schedule.waits).toHaveLength(5);
  for (const [index, ms] of schedule.waits.entries()) {
    expect(ms).toBeGreaterThanOrEqual(2 ** (index + 1) * 1_000);
    expect(ms).toBeLessThanOrEqual(2 ** (index + 1) * 1_500);
  }
  expect(schedule.cursor).toBe(9);
  schedule.tried.length = 0;
  expect(await schedule.run(nothing)).toEqual({ changed: 30, isComplete: true });
  expect(schedule.tried).toEqual(numbers(40).slice(10));
});

it('does not wait beyond its time', async () => {
  const schedule = new Schedule(10);
  const refuse = () => {
    throw tooMany('600');
  };
  expect(await schedule.run(refuse, { seconds: 60 })).toEqual({ changed: 0, isComplete: false });
  expect(schedule.waits).toEqual([]);
});

it('makes half as many requests at the same time after a provider refused', async () => {
  const schedule = new Schedule(100);
  let hasRefused = false;
  const refuseOnce = (item: number) => {
    if (item !== 0 || hasRefused) return;
    hasRefused = true;
    expect(schedule.mostUnderWay).toBe(8);
    schedule.mostUnderWay = 0;
    throw tooMany('1');
  };
  expect((await schedule.run(refuseOnce, { concurrency: 8 })).isComplete).toBe(true);
  expect(schedule.mostUnderWay).toBe(4);
});

it('leaves the rest to the next run even if each attempt reads the same page again', async () => {
  const schedule = new Schedule(40);
  const refuse = (item: number) => {
    if (item >= 10) throw tooMany();
  };
  const run = await schedule.run(refuse, { concurrency: 1, seconds: 6_000 }, () => -1);
  expect(run.isComplete).toBe(false);
  expect(schedule.waits.length).toBeLessThanOrEqual(6);
});
