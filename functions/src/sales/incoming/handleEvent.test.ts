import { isoTime } from '@cloud-bridge/base';
import { handleEvent } from './handleEvent.ts';
import type { EventMarker } from './incomingEvent.ts';
import type { IncomingNeeds } from './needs.ts';

const EVENT: EventMarker = { provider: 'creem', eventId: 'evt_1', type: 'refund.created' };
const SUBJECT = { objectId: 're_1' };

/** The calls that were made, in their order. */
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

it('keeps an event until its handler has succeeded', async () => {
  const handled = await handleEvent(deps, handlers, EVENT, SUBJECT, keeper);
  expect(handled).toEqual({ duplicate: false, orderId: 'ord_1' });
  expect(happened).toEqual(['kept', 'handled re_1', 'forgotten']);
});

it('neither keeps nor handles an event that was handled before', async () => {
  isMarked = true;
  expect(await handleEvent(deps, handlers, EVENT, SUBJECT, keeper)).toEqual({ duplicate: true, orderId: null });
  expect(happened).toEqual([]);
});

it.each(['refund.updated', 'constructor'])('ignores an event of a type without a handler: %s', async (type) => {
  const handled = await handleEvent(deps, handlers, { ...EVENT, type }, SUBJECT);
  expect(handled).toEqual({ duplicate: false, orderId: null });
  expect(happened).toEqual(['marked as ignored']);
});

it('records the failure of an event with its subject, and keeps the event', async () => {
  const event = { ...EVENT, type: 'charge.refunded' };
  await expect(handleEvent(deps, handlers, event, SUBJECT, keeper)).rejects.toThrow('the provider is down');
  expect(happened).toEqual(['kept', 'failure noted of {"objectId":"re_1"}']);
});
