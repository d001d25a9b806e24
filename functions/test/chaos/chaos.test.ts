import { shortenSdkDelays } from '../support/sdkDelays.ts';
import { seedFrom } from '../support/seeds.ts';
import { compareWithStripe } from './compare.ts';
import { historyOf } from './history.ts';
import { Lane } from './lane.ts';
import { Life } from './life.ts';

// Waits between tries make nothing right or wrong, only slow.
jest.mock('../../src/shared/backOff.ts', () => ({ backOff: () => new Promise(setImmediate) }));
jest.setTimeout(1_800_000);

/** How many histories are lived through; the soak takes more. */
const HISTORIES = Number(process.env.CHAOS_HISTORIES ?? 1_000);
/** The first history's; each further one has the next number. Which concurrent calls meet is up to the machine. */
const SEED = seedFrom('CHAOS_SEED');
/** Histories at once. */
const LANES = 10;

/** Enough that chance has tried everything of interest. */
const REPRESENTATIVE = 1_000;
const OF_INTEREST = [
  'pack checkout paid',
  'pack checkout disputed',
  'pack checkout refunded',
  'pack checkout partially_refunded',
  'pack checkout expired',
  'pack checkout failed',
  'topup checkout paid',
  'topup direct paid',
  'topup direct failed',
  'topup direct canceled',
  'plan checkout paid',
  'plan direct paid',
  'plan automatic paid',
  'renewal paid',
  'renewal open',
  'subscription active',
  'subscription canceled',
  'subscription failed',
  'dispute won',
  'dispute lost',
  'dispute needs_response',
  'refund failed',
  'entry reinstatement',
  'entry closure',
  'entry expiry',
  'several payments',
  'debt',
];

beforeAll(() => {
  shortenSdkDelays();
  // The SDK takes a stack with each call; a hundred frames of each, mapped to their sources, take longer than the call.
  Error.stackTraceLimit = 8;
});

it('whatever becomes of payments and their events, everything ends as Stripe says', async () => {
  console.log(`CHAOS_SEED=${SEED} CHAOS_HISTORIES=${HISTORIES}`);
  const happened = new Map<string, number>();
  let next = 0;
  const live = async (number: number) => {
    const lane = await Lane.open(String(number));
    try {
      while (next < HISTORIES) {
        const seed = SEED + next;
        next += 1;
        for (const what of await liveOne(lane, seed)) happened.set(what, (happened.get(what) ?? 0) + 1);
      }
    } catch (error) {
      // The others begin no further history.
      next = HISTORIES;
      throw error;
    } finally {
      await lane.close();
    }
  };
  const lanes = await Promise.allSettled(
    Array.from({ length: Math.min(LANES, HISTORIES) }, (_, number) => live(number)),
  );
  for (const lane of lanes) if (lane.status === 'rejected') throw lane.reason;
  if (HISTORIES >= REPRESENTATIVE) expect(OF_INTEREST.filter((what) => !happened.has(what))).toEqual([]);
});

async function liveOne(lane: Lane, seed: number): Promise<ReadonlySet<string>> {
  const history = historyOf(seed);
  try {
    await lane.clear();
    const life = new Life(lane, history);
    await life.live();
    return await compareWithStripe(lane, life);
  } catch (error) {
    const steps = history.steps.map((step) => JSON.stringify(step)).join('\n');
    const logged = lane.errors.map((line) => line.slice(0, 200)).join('\n');
    const replay = `CHAOS_SEED=${seed} CHAOS_HISTORIES=1 npm test -- test/chaos`;
    throw new Error(`${replay}\n\n${error}\n\n${steps}\n\nlogged:\n${logged}`, { cause: error });
  }
}
