import { AppError, isoTime, Throttled } from '@cloud-bridge/base';
import type { EventMarker, FailedEvent } from './incomingEvent.ts';
import type { IncomingNeeds } from './needs.ts';
import { notingFailure } from './notingFailure.ts';

const EVENT: EventMarker = { provider: 'creem', eventId: 'evt_1', type: 'checkout.completed' };

/** What is noted when handling an event fails. */
async function notedOf(error: unknown): Promise<Partial<FailedEvent>[]> {
  const noted: Partial<FailedEvent>[] = [];
  const deps = {
    clock: () => isoTime(0),
    failedEvents: { note: async (failure: Partial<FailedEvent>) => noted.push(failure) },
    incomingEvents: { isMarked: async () => false },
  } as unknown as IncomingNeeds;
  await expect(notingFailure(deps, EVENT, { checkoutId: 'ch_1' }, () => Promise.reject(error))).rejects.toBe(error);
  return noted;
}

it('a failure is noted with what its event was about, and thrown on', async () => {
  expect(await notedOf(new AppError('PAYMENT_MISMATCH', 'Not that amount.'))).toEqual([
    {
      ...EVENT,
      subject: { checkoutId: 'ch_1' },
      handledAt: isoTime(0),
      error: { code: 'PAYMENT_MISMATCH', message: 'Not that amount.' },
    },
  ]);
  expect(await notedOf('nonsense')).toMatchObject([{ error: { code: 'INTERNAL', message: 'nonsense' } }]);
});

it('of an address in the words of a failure nothing but the origin is noted', async () => {
  const [noted] = await notedOf(new Error('fetch https://node.example/v2/secret-key?token=abc failed'));
  expect(noted?.error).toEqual({ code: 'INTERNAL', message: 'fetch https://node.example/… failed' });
});

it('an address that the longest message cuts through is cleaned before', async () => {
  const [noted] = await notedOf(new Error(`${'x'.repeat(280)} https://user:password@node.example/key`));
  expect(noted?.error?.message).toHaveLength(300);
  expect(noted?.error?.message).not.toContain('user');
});

it('that the provider takes no more requests for now is not noted', async () => {
  expect(
    await notedOf(new Throttled(new AppError('PAYMENT_PROVIDER_UNAVAILABLE', 'Too many requests.'), '30')),
  ).toEqual([]);
});
