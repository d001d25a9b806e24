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

it('what is about somebody else needs a recipient', () => {
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

it('a delivery that is not known by its deadline, with room for clocks, never was made', () => {
  expect(absentFrom({ expiresAt: '2026-01-01T00:00:20.000Z' })).toBe('2026-01-01T00:00:21.000Z');
});

it('an unconfirmed delivery is asked about less and less often, and at least every quarter of an hour', () => {
  const waits = [0, 1, 2, 3, 7, 8, 1_000_000].map(
    (checks) => Date.parse(nextCheckAfter(checks, now)) - Date.parse(now),
  );
  expect(waits.map((wait) => wait / 1000)).toEqual([5, 10, 20, 40, 640, 900, 900]);
});

it('it is given up after three days, and not before', () => {
  expect(isGivenUp({ createdAt: now }, '2026-01-03T23:59:59.999Z')).toBe(false);
  expect(isGivenUp({ createdAt: now }, '2026-01-04T00:00:00.000Z')).toBe(true);
});
