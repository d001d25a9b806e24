import { addSeconds } from '@cloud-bridge/base';
import { entered, freePlaces, LEASE_SECONDS, left, MAX_AT_ONCE, swept, type WebhookLine } from './waitingLine.ts';

const NOW = '2026-03-01T00:00:00.000Z';
const LATER = addSeconds(NOW, LEASE_SECONDS);

/** Returns a line with the given number of attempts under way. */
function lineWith(count: number, now = NOW): WebhookLine | null {
  let line: WebhookLine | null = null;
  for (let index = 0; index < count; index += 1) line = entered(line, 'alice', `dlv_${index}`, now);
  return line;
}

it('admits attempts up to the limit, and the next when one has ended', () => {
  const full = lineWith(MAX_AT_ONCE) as WebhookLine;
  expect([freePlaces(null, NOW), freePlaces(full, NOW)]).toEqual([MAX_AT_ONCE, 0]);
  expect(entered(full, 'alice', 'dlv_next', NOW)).toBeNull();
  const freed = left(full, 'dlv_0');
  expect(freePlaces(freed, NOW)).toBe(1);
  expect(left(freed, 'dlv_0')).toBe(freed);
  expect(Object.keys(entered(freed, 'alice', 'dlv_next', NOW)?.underWay ?? {})).toContain('dlv_next');
});

it("frees a crashed attempt's place when its lease ends", () => {
  const full = lineWith(MAX_AT_ONCE) as WebhookLine;
  expect(entered(full, 'alice', 'dlv_next', LATER)).toEqual({
    accountId: 'alice',
    underWay: { dlv_next: addSeconds(LATER, LEASE_SECONDS) },
    wakeAt: addSeconds(LATER, LEASE_SECONDS),
  });
});

it('is swept again while deliveries wait', () => {
  const full = lineWith(MAX_AT_ONCE) as WebhookLine;
  expect(swept(full, true, LATER)).toEqual({
    accountId: 'alice',
    underWay: {},
    wakeAt: addSeconds(LATER, LEASE_SECONDS),
  });
  expect(swept(full, false, LATER)).toMatchObject({ wakeAt: null });
});
