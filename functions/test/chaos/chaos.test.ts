import { PATIENCE_MS } from '../support/patience.ts';
import { compareWithStripe } from './compare.ts';
import { historyOf } from './history.ts';
import { Life } from './life.ts';
import { liveThrough } from './liveThrough.ts';
import { StripeLane } from './stripeLane.ts';

// Without waits between retries: waits don't change the outcome, they only slow the test down.
jest.mock('../../../packages/base/src/backOff.ts', () => ({ backOff: () => new Promise(setImmediate) }));
jest.setTimeout(PATIENCE_MS);

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

it("after any history of payments and events, the backend's records agree with Stripe's", () =>
  liveThrough({
    count: 1_000,
    pattern: 'chaos/chaos',
    historyOf,
    open: StripeLane.open,
    live: async (lane, history) => {
      const life = new Life(lane, history);
      await life.live();
      return compareWithStripe(lane, life);
    },
    ofInterest: OF_INTEREST,
  }));
