import { addSeconds } from '@cloud-bridge/base';
import { newEvent } from '../events/accountEvent.ts';
import {
  attempted,
  canceled,
  isDue,
  isResend,
  leased,
  newDelivery,
  RETRY_SECONDS,
  resent,
  waiting,
} from './delivery.ts';

const NOW = '2026-03-01T00:00:00.000Z';
const event = newEvent({ accountId: 'alice', type: 'order.paid' }, ['ord_1'], {}, NOW);
const delivery = newDelivery(event, 'whk_1', NOW);
const failure = (at: string) => ({ at, httpStatus: 500, latencyMs: 1, responseExcerpt: '', error: 'no' });

it('derives the ids of event and delivery from the change, so the same change gives the same ids', () => {
  const again = newEvent({ accountId: 'alice', type: 'order.paid' }, ['ord_1'], {}, addSeconds(NOW, 9));
  expect(again.id).toBe(event.id);
  expect(newDelivery(again, 'whk_1', NOW).id).toBe(delivery.id);
  expect(newEvent({ accountId: 'bob', type: 'order.paid' }, ['ord_1'], {}, NOW).id).not.toBe(event.id);
});

it('a delivery is attempted for about three days and then fails', () => {
  let current = delivery;
  let at = NOW;
  for (let tries = 0; tries <= RETRY_SECONDS.length; tries += 1) {
    expect(current.status).toBe('pending');
    at = current.nextAttemptAt ?? '';
    current = attempted(current, failure(at));
  }
  expect(current).toMatchObject({ status: 'failed', nextAttemptAt: null });
  const hours = (Date.parse(at) - Date.parse(NOW)) / 3_600_000;
  expect(hours).toBeGreaterThan(70);
  expect(hours).toBeLessThanOrEqual(72);
});

it('an attempt is due neither before its time nor during another attempt', () => {
  expect(isDue(delivery, NOW)).toBe(true);
  const taken = leased(delivery, NOW);
  expect(isDue(taken, NOW)).toBe(false);
  const succeeded = attempted(taken, { ...failure(NOW), httpStatus: 200, error: null });
  expect(isDue(succeeded, addSeconds(NOW, 1e6))).toBe(false);
});

it('a delivery in line is always due, keeps its place, and leaves the line when its attempt begins', () => {
  const first = waiting(delivery, NOW);
  expect(isDue(first, NOW)).toBe(true);
  expect(waiting(first, addSeconds(NOW, 9))).toMatchObject({ waitingSince: NOW });
  for (const after of [leased(first, NOW), canceled(first), resent({ ...first, tries: 1 }, 'r1', NOW)]) {
    expect(after).not.toHaveProperty('waitingSince');
  }
});

describe('a delivery that is resent by hand', () => {
  const failed = { ...delivery, status: 'failed' as const, tries: 10, nextAttemptAt: null };

  it('gets a full set of retries, once for each Idempotency-Key, even if other requests come in between', () => {
    const first = resent(failed, 'r1', NOW);
    expect(first).toMatchObject({ status: 'pending', tries: 0, nextAttemptAt: NOW });
    const second = resent({ ...first, status: 'succeeded', tries: 1, nextAttemptAt: null }, 'r2', NOW);
    expect(second.status).toBe('pending');
    expect(resent(second, 'r1', NOW)).toBe(second);
    expect(['r1', 'r2', 'r3', null].map((key) => isResend(second, key))).toEqual([true, true, false, false]);
  });

  it('only remembers the request if its first attempt is still to come', () => {
    const asked = resent(delivery, 'r1', addSeconds(NOW, 9));
    expect(asked).toEqual({ ...delivery, resentByKeys: ['r1'] });
    const succeeded = { ...asked, status: 'succeeded' as const, tries: 1, nextAttemptAt: null };
    expect(resent(succeeded, 'r1', NOW)).toBe(succeeded);
  });

  it('is resent by every request without a key, and keeps only the latest keys', () => {
    expect(resent(failed, null, NOW).status).toBe('pending');
    let current = delivery;
    for (let index = 0; index < 30; index += 1) current = resent(current, `key ${index}`, NOW);
    expect(current.resentByKeys).toHaveLength(20);
    expect(isResend(current, 'key 29')).toBe(true);
  });
});
