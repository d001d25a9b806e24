import { addSeconds } from '@cloud-bridge/base';
import { entered, freePlaces, LEASE_SECONDS, left, MAX_AT_ONCE, swept, type WebhookLine } from './waitingLine.ts';

const NOW = '2026-03-01T00:00:00.000Z';
const LATER = addSeconds(NOW, LEASE_SECONDS);

/** A line with so many attempts under way. */
function lineWith(count: number, now = NOW): WebhookLine | null {
  let line: WebhookLine | null = null;
  for (let index = 0; index < count; index += 1) line = entered(line, 'alice', `dlv_${index}`, now);
  return line;
}

it('takes so many attempts at once, and the next when one has ended', () => {
  const full = lineWith(MAX_AT_ONCE) as WebhookLine;
  expect([freePlaces(null, NOW), freePlaces(full, NOW)]).toEqual([MAX_AT_ONCE, 0]);
  expect(entered(full, 'alice', 'dlv_next', NOW)).toBeNull();
  const freed = left(full, 'dlv_0');
  expect(freePlaces(freed, NOW)).toBe(1);
  expect(left(freed, 'dlv_0')).toBe(freed);
  expect(Object.keys(entered(freed, 'alice', 'dlv_next', NOW)?.underWay ?? {})).toContain('dlv_next');
});

it('gives the places of attempts that crashed to others after their time', () => {
  const full = lineWith(MAX_AT_ONCE) as WebhookLine;
  expect(entered(full, 'alice', 'dlv_next', LATER)).toEqual({
    accountId: 'alice',
    underWay: { dlv_next: addSeconds(LATER, LEASE_SECONDS) },
    wakeAt: addSeconds(LATER, LEASE_SECONDS),
  });
});

it('is swept again as long as somebody waits', () => {
  const full = lineWith(MAX_AT_ONCE) as WebhookLine;
  expect(swept(full, true, LATER)).toEqual({
    accountId: 'alice',
    underWay: {},
    wakeAt: addSeconds(LATER, LEASE_SECONDS),
  });
  expect(swept(full, false, LATER)).toMatchObject({ wakeAt: null });
});
