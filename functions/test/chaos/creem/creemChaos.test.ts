import { PATIENCE_MS } from '../../support/patience.ts';
import { liveThrough } from '../liveThrough.ts';
import { compareWithCreem } from './compare.ts';
import { CreemLane } from './creemLane.ts';
import { creemHistoryOf } from './history.ts';
import { CreemLife } from './life.ts';

// Without waits between retries: waits don't change the outcome, they only slow the test down.
jest.mock('../../../../packages/base/src/backOff.ts', () => ({ backOff: () => new Promise(setImmediate) }));
jest.setTimeout(PATIENCE_MS);

const OF_INTEREST = [
  'pack checkout paid',
  'pack checkout disputed',
  'pack checkout refunded',
  'pack checkout partially_refunded',
  'pack checkout expired',
  'plan checkout paid',
  'plan checkout disputed',
  'plan checkout refunded',
  'plan checkout partially_refunded',
  'plan checkout expired',
  'plan automatic paid',
  'plan automatic refunded',
  'subscription active',
  'subscription past_due',
  'subscription canceled',
  'subscription failed',
  'page paid late',
  'refunded by an operator',
  'dispute',
  'winDispute',
  'renew',
  'expire',
  'canceled with its period',
  'resumed',
  'event never heard',
  'entry reinstatement',
  'entry closure',
  'entry expiry',
  'several payments',
  'debt',
];

it("after any history of payments and events, the backend's records agree with Creem's", () =>
  liveThrough({
    count: 200,
    pattern: 'chaos/creem',
    historyOf: creemHistoryOf,
    open: CreemLane.open,
    live: async (lane, history) => {
      const life = new CreemLife(lane, history);
      await life.live();
      return compareWithCreem(lane, life);
    },
    ofInterest: OF_INTEREST,
  }));
