import {
  absentFrom,
  DELIVERY_OPERATIONS,
  isGivenUp,
  isLive,
  isOpen,
  needsRecipient,
  nextCheckAfter,
} from './delivery.ts';

const now = '2026-01-01T00:00:00.000Z';

it('every operation on another user needs a recipient', () => {
  const without = DELIVERY_OPERATIONS.filter((operation) => !needsRecipient(operation));
  expect(without).toEqual(['login', 'presetList']);
});

it('only deliveries that may still change are open', () => {
  const statuses = ['pending', 'unconfirmed', 'delivered', 'refused', 'failed'] as const;
  expect(statuses.filter((status) => isOpen({ status }))).toEqual(['pending', 'unconfirmed']);
});

it('deliveries of the test wallet are not live; those of subscriptions are', () => {
  expect(['main', 'test', 'sub_1'].filter((walletId) => isLive({ walletId }))).toEqual(['main', 'sub_1']);
});

it('a delivery that the service does not know a second after its deadline was never made', () => {
  expect(absentFrom({ expiresAt: '2026-01-01T00:00:20.000Z' })).toBe('2026-01-01T00:00:21.000Z');
});

it('an unconfirmed delivery is checked less and less often, and at least every 15 minutes', () => {
  const waits = [0, 1, 2, 3, 7, 8, 1_000_000].map(
    (checks) => Date.parse(nextCheckAfter(checks, now)) - Date.parse(now),
  );
  expect(waits.map((wait) => wait / 1000)).toEqual([5, 10, 20, 40, 640, 900, 900]);
});

it('a delivery is given up after three days, and not before', () => {
  expect(isGivenUp({ createdAt: now }, '2026-01-03T23:59:59.999Z')).toBe(false);
  expect(isGivenUp({ createdAt: now }, '2026-01-04T00:00:00.000Z')).toBe(true);
});
