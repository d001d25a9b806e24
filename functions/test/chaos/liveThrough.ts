import { shortenSdkDelays } from '../support/sdkDelays.ts';
import { seedFrom } from '../support/seeds.ts';
import { takeStacksOfSingleRun } from '../support/stacks.ts';
import type { Happened } from './books.ts';
import type { Lane } from './lane.ts';

/** Histories at once. */
const LANES = 10;

interface Histories<L extends Lane, H extends { readonly steps: readonly object[] }> {
  /** How many, unless `CHAOS_HISTORIES` says so; the soak takes more. */
  readonly count: number;
  /** What repeats one of them after `npm test --`. */
  readonly pattern: string;
  readonly historyOf: (seed: number) => H;
  readonly open: (name: string) => Promise<L>;
  /** Lives through one, and compares its end with what the provider says. */
  readonly live: (lane: L, history: H) => Promise<Happened>;
  /** What has to have happened once there are `count` of them: enough that chance has tried everything. */
  readonly ofInterest: readonly string[];
}

/**
 * Lives through random histories. One that fails says how to repeat it. Which concurrent calls meet is up to the
 * machine.
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
  /** The first history's; each further one has the next number. */
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
      // The others begin no further history.
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
