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

it('the same change always makes the same event and delivery', () => {
  const again = newEvent({ accountId: 'alice', type: 'order.paid' }, ['ord_1'], {}, addSeconds(NOW, 9));
  expect(again.id).toBe(event.id);
  expect(newDelivery(again, 'whk_1', NOW).id).toBe(delivery.id);
  expect(newEvent({ accountId: 'bob', type: 'order.paid' }, ['ord_1'], {}, NOW).id).not.toBe(event.id);
});

it('is tried for about three days, and then given up', () => {
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

it('only one takes an attempt on, and nobody before its time', () => {
  expect(isDue(delivery, NOW)).toBe(true);
  const taken = leased(delivery, NOW);
  expect(isDue(taken, NOW)).toBe(false);
  const succeeded = attempted(taken, { ...failure(NOW), httpStatus: 200, error: null });
  expect(isDue(succeeded, addSeconds(NOW, 1e6))).toBe(false);
});

it('that waits in line may begin at any time, keeps its place, and is out of the line once it has begun', () => {
  const first = waiting(delivery, NOW);
  expect(isDue(first, NOW)).toBe(true);
  expect(waiting(first, addSeconds(NOW, 9))).toMatchObject({ waitingSince: NOW });
  for (const after of [leased(first, NOW), canceled(first), resent({ ...first, tries: 1 }, 'r1', NOW)]) {
    expect(after).not.toHaveProperty('waitingSince');
  }
});

describe('sent again by hand', () => {
  const failed = { ...delivery, status: 'failed' as const, tries: 10, nextAttemptAt: null };

  it('it has all its retries, once for each Idempotency-Key, whatever comes between', () => {
    const first = resent(failed, 'r1', NOW);
    expect(first).toMatchObject({ status: 'pending', tries: 0, nextAttemptAt: NOW });
    const second = resent({ ...first, status: 'succeeded', tries: 1, nextAttemptAt: null }, 'r2', NOW);
    expect(second.status).toBe('pending');
    expect(resent(second, 'r1', NOW)).toBe(second);
    expect(['r1', 'r2', 'r3', null].map((key) => isResend(second, key))).toEqual([true, true, false, false]);
  });

  it('before its first attempt it only remembers who asked', () => {
    const asked = resent(delivery, 'r1', addSeconds(NOW, 9));
    expect(asked).toEqual({ ...delivery, resentByKeys: ['r1'] });
    const succeeded = { ...asked, status: 'succeeded' as const, tries: 1, nextAttemptAt: null };
    expect(resent(succeeded, 'r1', NOW)).toBe(succeeded);
  });

  it('without a key every request counts, and only the latest keys are kept', () => {
    expect(resent(failed, null, NOW).status).toBe('pending');
    let current = delivery;
    for (let index = 0; index < 30; index += 1) current = resent(current, `key ${index}`, NOW);
    expect(current.resentByKeys).toHaveLength(20);
    expect(isResend(current, 'key 29')).toBe(true);
  });
});
