import { AppError, isoTime, Throttled } from '@cloud-bridge/base';
import type { EventMarker, FailedEvent } from './incomingEvent.ts';
import type { IncomingNeeds } from './needs.ts';
import { notingFailure } from './notingFailure.ts';

const EVENT: EventMarker = { provider: 'creem', eventId: 'evt_1', type: 'checkout.completed' };

/** Returns the failures that are recorded when a handler throws the error. */
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

it('records a failure with the subject of its event, and throws the error again', async () => {
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

it('records only the origin of a URL in an error message', async () => {
  const [noted] = await notedOf(new Error('fetch https://node.example/v2/secret-key?token=abc failed'));
  expect(noted?.error).toEqual({ code: 'INTERNAL', message: 'fetch https://node.example/… failed' });
});

it('cleans a URL before the message is cut to its maximum length', async () => {
  const [noted] = await notedOf(new Error(`${'x'.repeat(280)} https://user:password@node.example/key`));
  expect(noted?.error?.message).toHaveLength(300);
  expect(noted?.error?.message).not.toContain('user');
});

it('does not record that the provider limits requests', async () => {
  expect(
    await notedOf(new Throttled(new AppError('PAYMENT_PROVIDER_UNAVAILABLE', 'Too many requests.'), '30')),
  ).toEqual([]);
});
