import { randomUUID } from 'node:crypto';
import { isoTime, type UnitOfWork } from '@cloud-bridge/base';
import type { EventMarker } from '../../../src/sales/incoming/incomingEvent.ts';
import { IncomingEventStore } from '../../../src/sales/incoming/incomingEvents.store.ts';
import { type Effect, onceFor } from '../../../src/sales/incoming/onceFor.ts';
import { database } from '../../support/suite.ts';

const NOW = isoTime(Date.UTC(2026, 2, 14));
const db = database();
const deps = { clock: () => NOW, db, incomingEvents: new IncomingEventStore(db) };

let event: EventMarker;
let counter: FirebaseFirestore.DocumentReference;
beforeEach(async () => {
  event = { provider: 'stripe', eventId: `evt_${randomUUID().replaceAll('-', '')}`, type: 'charge.refunded' };
  counter = db.doc(`counters/${event.eventId}`);
  await counter.set({ count: 0 });
});

const countOf = async () => (await counter.get()).get('count');

/** Increments a counter, which shows whether work was done once. */
async function countIn(unit: UnitOfWork): Promise<Effect<number>> {
  const [snapshot] = await unit.getAll(counter);
  const count = snapshot?.get('count') + 1;
  unit.update(counter, { count });
  return { outcome: 'handled', orderId: 'ord_1', result: count };
}

it('marks an event in the commit that holds its effect, and treats a second copy as a duplicate', async () => {
  expect(await onceFor(deps, event, countIn)).toEqual({ duplicate: false, result: 1 });
  expect(await deps.incomingEvents.find(event)).toEqual({
    ...event,
    outcome: 'handled',
    orderId: 'ord_1',
    handledAt: NOW,
  });
  expect(await onceFor(deps, event, countIn)).toEqual({ duplicate: true, result: null });
  expect(await countOf()).toBe(1);
});

it('applies one of many copies that arrive at once', async () => {
  const all = await Promise.all(Array.from({ length: 12 }, () => onceFor(deps, event, countIn)));
  expect(all.filter(({ duplicate }) => !duplicate)).toEqual([{ duplicate: false, result: 1 }]);
  expect(await countOf()).toBe(1);
});

it('applies one copy, even if each copy would write something else', async () => {
  const work = async (unit: UnitOfWork): Promise<Effect<null>> => {
    unit.add(counter, { count: 1 });
    return { outcome: 'handled', orderId: null, result: null };
  };
  const all = await Promise.all(Array.from({ length: 12 }, () => onceFor(deps, event, work)));
  expect(all.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
  expect(await countOf()).toBe(1);
});

it('marks an event that changes nothing as ignored', async () => {
  const ignore = async () => ({ outcome: 'ignored', orderId: null, result: null }) as const;
  expect(await onceFor(deps, event, ignore)).toEqual({ duplicate: false, result: null });
  expect(await deps.incomingEvents.find(event)).toMatchObject({ outcome: 'ignored', orderId: null });
  expect((await onceFor(deps, event, countIn)).duplicate).toBe(true);
  expect(await countOf()).toBe(0);
});

it('does not mark an event whose work fails, and handles its next copy', async () => {
  const fail = async (unit: UnitOfWork) => {
    await countIn(unit);
    throw new Error('the provider is down');
  };
  await expect(onceFor(deps, event, fail)).rejects.toThrow('the provider is down');
  expect(await countOf()).toBe(0);
  expect(await deps.incomingEvents.isMarked(event)).toBe(false);
  expect((await onceFor(deps, event, countIn)).duplicate).toBe(false);
});

it('does not mark an event whose work was overtaken, because nothing was written for it', async () => {
  const overtaken = async () => ({ outcome: 'overtaken', orderId: null, result: null }) as const;
  expect(await onceFor(deps, event, overtaken)).toEqual({ duplicate: false, result: null });
  expect(await deps.incomingEvents.isMarked(event)).toBe(false);
});

it('applies work without an event each time, and marks nothing', async () => {
  expect(await onceFor(deps, null, countIn)).toEqual({ duplicate: false, result: 1 });
  expect(await onceFor(deps, null, countIn)).toEqual({ duplicate: false, result: 2 });
  expect(await deps.incomingEvents.isMarked(event)).toBe(false);
});

it('repeats work that lost a race, with the same time', async () => {
  const times: string[] = [];
  const { result } = await onceFor(deps, event, async (unit, now) => {
    times.push(now);
    const effect = await countIn(unit);
    if (times.length === 1) await counter.update({ count: 10 });
    return effect;
  });
  expect(result).toBe(11);
  expect(times).toEqual([NOW, NOW]);
});
