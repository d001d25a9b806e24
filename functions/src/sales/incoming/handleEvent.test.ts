import { isoTime } from '@cloud-bridge/base';
import { handleEvent } from './handleEvent.ts';
import type { EventMarker } from './incomingEvent.ts';
import type { IncomingNeeds } from './needs.ts';

const EVENT: EventMarker = { provider: 'creem', eventId: 'evt_1', type: 'refund.created' };
const SUBJECT = { objectId: 're_1' };

/** What happens, in its order. */
let happened: string[];
let isMarked: boolean;
beforeEach(() => {
  happened = [];
  isMarked = false;
});

const deps = {
  clock: () => isoTime(0),
  failedEvents: {
    note: async ({ subject }: { subject: object }) => happened.push(`failure noted of ${JSON.stringify(subject)}`),
    find: async () => null,
  },
  incomingEvents: {
    isMarked: async () => isMarked,
    mark: async ({ outcome }: { outcome: string }) => {
      happened.push(`marked as ${outcome}`);
      return true;
    },
  },
} as unknown as IncomingNeeds;
const keeper = {
  note: async () => void happened.push('kept'),
  forget: async () => void happened.push('forgotten'),
};
const handlers = {
  'refund.created': async (_deps: IncomingNeeds, { objectId }: typeof SUBJECT) => {
    happened.push(`handled ${objectId}`);
    return { duplicate: false, orderId: 'ord_1', order: 'more than is told' };
  },
  'charge.*': async () => {
    throw new Error('the provider is down');
  },
};

it('an event is kept until its handler is done with it', async () => {
  const handled = await handleEvent(deps, handlers, EVENT, SUBJECT, keeper);
  expect(handled).toEqual({ duplicate: false, orderId: 'ord_1' });
  expect(happened).toEqual(['kept', 'handled re_1', 'forgotten']);
});

it('an event that has had its effect is neither kept nor handled', async () => {
  isMarked = true;
  expect(await handleEvent(deps, handlers, EVENT, SUBJECT, keeper)).toEqual({ duplicate: true, orderId: null });
  expect(happened).toEqual([]);
});

it.each(['refund.updated', 'constructor'])('an event of a type without a handler is ignored: %s', async (type) => {
  const handled = await handleEvent(deps, handlers, { ...EVENT, type }, SUBJECT);
  expect(handled).toEqual({ duplicate: false, orderId: null });
  expect(happened).toEqual(['marked as ignored']);
});

it('an event that cannot be handled is noted with what it is about, and kept', async () => {
  const event = { ...EVENT, type: 'charge.refunded' };
  await expect(handleEvent(deps, handlers, event, SUBJECT, keeper)).rejects.toThrow('the provider is down');
  expect(happened).toEqual(['kept', 'failure noted of {"objectId":"re_1"}']);
});
