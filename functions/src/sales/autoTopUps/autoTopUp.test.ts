import type { Order } from '../orders/order.ts';
import {
  type AutoTopUp,
  type AutoTopUpRule,
  begun,
  fitsCap,
  isDue,
  paused,
  settled,
  spentInMonth,
  switchedOff,
  switchedOn,
} from './autoTopUp.ts';

const NOW = '2026-03-31T23:59:59.999Z';
const NEXT_MONTH = '2026-04-01T00:00:00.000Z';
const rule: AutoTopUpRule = {
  thresholdCredits: 50,
  product: { type: 'pack', key: 'starter' },
  currency: 'usd',
  monthlyCapMinor: 2_000,
};
const on = switchedOn(null, 'alice', rule, NOW);
const underWay = begun(on, { id: 'ord_1', unitAmountMinor: 999 }, NOW);
const order = (fields: Partial<Order>) =>
  ({ id: 'ord_1', currency: 'usd', paymentId: null, lastPaymentError: null, ...fields }) as Order;
const paid = order({ status: 'paid', paymentId: 'pi_1' });
const failed = order({ status: 'failed', lastPaymentError: { code: 'card_declined', message: 'Declined.' } });

it.each([
  ['below the threshold', on, 49, true],
  ['at the threshold', on, 50, false],
  ['while an order is in flight', underWay, 0, false],
  ['while it is paused', paused(on, { at: NOW, code: 'x', message: 'x', orderId: null }), 0, false],
  ['when it is switched off', switchedOff(on, NOW), 0, false],
])('%s with %#', (_name, autoTopUp: AutoTopUp, availableCredits, expected) => {
  expect(isDue(autoTopUp, availableCredits)).toBe(expected);
});

it('counts an order in flight against the cap of its month, and starts again from 0 next month', () => {
  expect(spentInMonth(underWay, '2026-03')).toBe(999);
  expect(fitsCap(underWay, 1_001, NOW)).toBe(true);
  expect(fitsCap(underWay, 1_002, NOW)).toBe(false);
  expect(fitsCap(underWay, 2_000, NEXT_MONTH)).toBe(true);
  const second = begun({ ...underWay, inFlight: null }, { id: 'ord_2', unitAmountMinor: 1_000 }, NEXT_MONTH);
  expect(second).toMatchObject({ orderCount: 2, spent: { month: '2026-04', amountMinor: 1_000 } });
});

it('allows the next order once the order in flight is paid', () => {
  expect(settled(underWay, paid, NOW)).toMatchObject({ inFlight: null, pause: null, spent: { amountMinor: 999 } });
});

it('pauses after an unpaid order, gives the reason, and subtracts its price from the month’s spending', () => {
  const after = settled(underWay, failed, NEXT_MONTH);
  expect(after).toMatchObject({
    inFlight: null,
    isWatched: false,
    pause: { at: NEXT_MONTH, code: 'card_declined', message: 'Declined.', orderId: 'ord_1' },
    spent: { month: '2026-03', amountMinor: 0 },
  });
  expect(switchedOn(after, 'alice', rule, NEXT_MONTH)).toMatchObject({ pause: null, isWatched: true, orderCount: 1 });
});

it('subtracts nothing from the spending of another month or currency', () => {
  const later = begun({ ...underWay, inFlight: null }, { id: 'ord_2', unitAmountMinor: 1_000 }, NEXT_MONTH);
  const both = { ...later, inFlight: underWay.inFlight };
  expect(settled(both, failed, NEXT_MONTH).spent).toEqual({ month: '2026-04', currency: 'usd', amountMinor: 1_000 });
});

it.each([
  ['pending', order({ status: 'pending' })],
  ['not the one in flight', order({ id: 'ord_0', status: 'paid', paymentId: 'pi_0' })],
])('an order that is %s changes nothing', (_name, other) => {
  expect(settled(underWay, other, NOW)).toBe(underWay);
});

it('watches an order in flight to its end, even after automatic top-up was switched off', () => {
  const off = switchedOff(underWay, NOW);
  expect(off.isWatched).toBe(true);
  expect(settled(off, paid, NOW).isWatched).toBe(false);
});

it('keeps the month’s spending when the rule changes, but starts from 0 in another currency', () => {
  expect(spentInMonth(switchedOn(underWay, 'alice', { ...rule, monthlyCapMinor: 5_000 }, NOW), '2026-03')).toBe(999);
  expect(spentInMonth(switchedOn(underWay, 'alice', { ...rule, currency: 'eur' }, NOW), '2026-03')).toBe(0);
});
