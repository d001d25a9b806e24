import { shortenSdkDelays } from '../support/sdkDelays.ts';
import { seedFrom } from '../support/seeds.ts';
import { takeStacksOfSingleRun } from '../support/stacks.ts';
import type { Happened } from './books.ts';
import type { Lane } from './lane.ts';

/** Number of histories that run at the same time. */
const LANES = 10;

interface Histories<L extends Lane, H extends { readonly steps: readonly object[] }> {
  /** Number of histories, unless `CHAOS_HISTORIES` sets another number; the soak runs more. */
  readonly count: number;
  /** The filter after `npm test --` that selects this test, for the message that repeats a history. */
  readonly pattern: string;
  readonly historyOf: (seed: number) => H;
  readonly open: (name: string) => Promise<L>;
  /** Runs one history, and compares its end with the provider's records. */
  readonly live: (lane: L, history: H) => Promise<Happened>;
  /** What `count` histories have to cover together; the number is large enough for chance to cover all of it. */
  readonly ofInterest: readonly string[];
}

/**
 * Runs random histories. A failed history prints the command that repeats it. The interleaving of concurrent calls
 * depends on the machine.
 */
export async function liveThrough<L extends Lane, H extends { readonly steps: readonly object[] }>({
  count,
  pattern,
  historyOf,
  open,
  live,
  ofInterest,
}: Histories<L, H>): Promise<void> {
  shortenSdkDelays();
  const histories = Number(process.env.CHAOS_HISTORIES ?? count);
  takeStacksOfSingleRun(histories);
  /** The first history's seed; each further history has the next number. */
  const first = seedFrom('CHAOS_SEED');
  console.log(`CHAOS_SEED=${first} CHAOS_HISTORIES=${histories}`);
  const happened = new Set<string>();
  let next = 0;

  const liveOne = async (lane: L, seed: number) => {
    const history = historyOf(seed);
    try {
      await lane.clear();
      for (const what of await live(lane, history)) happened.add(what);
    } catch (error) {
      const steps = history.steps.map((step) => JSON.stringify(step)).join('\n');
      const logged = lane.errors.map((line) => line.slice(0, 200)).join('\n');
      const replay = `CHAOS_SEED=${seed} CHAOS_HISTORIES=1 npm test -- ${pattern}`;
      throw new Error(`${replay}\n\n${error}\n\n${steps}\n\nlogged:\n${logged}`, { cause: error });
    }
  };

  const liveInLane = async (number: number) => {
    const lane = await open(String(number));
    try {
      while (next < histories) {
        const seed = first + next;
        next += 1;
        await liveOne(lane, seed);
      }
    } catch (error) {
      // Stops the other lanes from beginning further histories.
      next = histories;
      throw error;
    } finally {
      await lane.close();
    }
  };

  const lanes = await Promise.allSettled(
    Array.from({ length: Math.min(LANES, histories) }, (_, number) => liveInLane(number)),
  );
  for (const lane of lanes) if (lane.status === 'rejected') throw lane.reason;
  if (histories >= count) expect(ofInterest.filter((what) => !happened.has(what))).toEqual([]);
}
