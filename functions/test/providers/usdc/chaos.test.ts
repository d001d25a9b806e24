import type { Firestore } from 'firebase-admin/firestore';
import { FaultProxy } from '../../support/faultProxy.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { shortenSdkDelays } from '../../support/sdkDelays.ts';
import { seedFrom } from '../../support/seeds.ts';
import { takeStacksOfSingleRun } from '../../support/stacks.ts';
import { compareWithChain } from './chaos/compare.ts';
import { historyOf } from './chaos/history.ts';
import { Life } from './chaos/Life.ts';
import { Payers } from './chaos/Payers.ts';
import { Shop } from './shop.ts';

// Waits between tries make nothing right or wrong, only slow.
jest.mock('../../../../packages/base/src/backOff.ts', () => ({ backOff: () => new Promise(setImmediate) }));
jest.setTimeout(PATIENCE_MS);

/** How many histories are lived through; the soak takes more. */
const HISTORIES = Number(process.env.USDC_HISTORIES ?? 100);
/** The first history's; each further one has the next number. Which concurrent calls meet is up to the machine. */
const SEED = seedFrom('CHAOS_SEED');
/** Histories at once, each with a chain of its own. */
const LANES = 3;

/** Enough that chance has tried everything of interest. */
const REPRESENTATIVE = 100;
const OF_INTEREST = [
  'claim: credited',
  'claim: replayed',
  'claim: AMOUNT_MISMATCH',
  'claim: AMOUNT_TOO_SMALL',
  'claim: NOT_A_USDC_TRANSFER',
  'claim: NOT_YOUR_TRANSFER',
  'claim: PAYMENT_PROVIDER_UNAVAILABLE',
  'claim: TRANSACTION_FAILED',
  'claim: TRANSACTION_NOT_FOUND',
  'claim: TRANSACTION_UNCONFIRMED',
  'claim and scan at once',
  'two scans at once',
  'credited by a scan',
  'credited from another block',
  'claimed, then gone',
  'transaction gone',
  'blocks taken back meanwhile',
  'several deposits in a transaction',
  'too small',
  'too large',
  'commit failed before',
  'commit failed after',
  'commit failed late',
  'deposits could not be scanned',
  'deposits could not be listed',
  'restart',
];

/**
 * A shop and its chain, of whose instances one reaches the database through what can fail. Histories take it in turn.
 */
interface Lane {
  readonly shop: Shop;
  readonly payers: Payers;
  readonly faults: FaultProxy;
  readonly shaky: Firestore;
}

beforeAll(() => {
  shortenSdkDelays();
  takeStacksOfSingleRun(HISTORIES);
});

it('whatever becomes of transactions and of calls, everything ends as the chain says', async () => {
  console.log(`CHAOS_SEED=${SEED} USDC_HISTORIES=${HISTORIES}`);
  const happened = new Map<string, number>();
  let next = 0;
  const live = async (number: number) => {
    const lane = await openLane(`chaos-${number}`);
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
      await closeLane(lane);
    }
  };
  const lanes = await Promise.allSettled(
    Array.from({ length: Math.min(LANES, HISTORIES) }, (_, number) => live(number)),
  );
  for (const lane of lanes) if (lane.status === 'rejected') throw lane.reason;
  if (HISTORIES >= REPRESENTATIVE) expect(OF_INTEREST.filter((what) => !happened.has(what))).toEqual([]);
});

async function openLane(name: string): Promise<Lane> {
  const shop = await Shop.open(name);
  const faults = await FaultProxy.start(process.env.FIRESTORE_EMULATOR_HOST ?? '');
  const shaky = faults.connect(shop.projectId);
  shop.instances.pop();
  await shop.addInstance(shop.usdc, shaky);
  return { shop, faults, shaky, payers: await Payers.open(shop.chain) };
}

async function closeLane({ shop, faults, shaky }: Lane): Promise<void> {
  await shop.close();
  await shaky.terminate();
  await faults.stop();
}

async function liveOne({ shop, payers, faults }: Lane, seed: number): Promise<ReadonlySet<string>> {
  const steps = historyOf(seed);
  try {
    await shop.clear();
    await payers.clear();
    shop.errors.length = 0;
    // Instances remember what they have seen of accounts; a history that is repeated begins with new ones.
    const life = new Life(shop, payers, faults, `chaos-${seed}-${performance.now()}`.replace('.', ''));
    await life.live(steps);
    return await compareWithChain(shop, life);
  } catch (error) {
    const replay = `CHAOS_SEED=${seed} USDC_HISTORIES=1 npm test -- usdc/chaos`;
    const lived = steps.map((step) => JSON.stringify(step)).join('\n');
    const logged = shop.errors.map((line) => JSON.stringify(line).slice(0, 200)).join('\n');
    throw new Error(`${replay}\n\n${error}\n\n${lived}\n\nlogged:\n${logged}`, { cause: error });
  }
}
