import type { CheckoutState } from '../payments/payment.ts';
import { pendingOrder as pending } from './order.fixtures.ts';
import { orderAfter, withReceipt } from './orderAfter.ts';

const NOW = '2026-01-02T00:00:00.000Z';
const declined = { code: 'card_declined', message: 'Your card was declined.' };
const paid: CheckoutState = { status: 'paid', paymentId: 'pi_1' };
const expired: CheckoutState = { status: 'expired', lastPaymentError: null };
const failed: CheckoutState = { status: 'failed', lastPaymentError: declined };

it.each([
  ['open', { status: 'open', lastPaymentError: null }, 'pending'],
  ['processing', { status: 'processing', lastPaymentError: null }, 'pending'],
  ['expired', expired, 'expired'],
  ['failed', failed, 'failed'],
  ['paid', paid, 'paid'],
] as const)('a checkout that is %s makes the order %s', (_name, state, status) => {
  expect(orderAfter(pending, state, NOW).status).toBe(status);
});

it('a declined card is noted while the customer may try again', () => {
  const order = orderAfter(pending, { status: 'open', lastPaymentError: declined }, NOW);
  expect(order).toMatchObject({ status: 'pending', lastPaymentError: declined, updatedAt: NOW });
});

it('what changes nothing gives the same order back', () => {
  expect(orderAfter(pending, { status: 'open', lastPaymentError: null }, NOW)).toBe(pending);
});

it.each([
  expired,
  failed,
  { status: 'open', lastPaymentError: declined } as const,
  { status: 'paid', paymentId: 'pi_2' } as const,
])('what has been paid stays as it is, whatever comes late: %j', (late) => {
  const order = orderAfter(pending, paid, NOW);
  expect(orderAfter(order, late, '2026-01-03T00:00:00.000Z')).toBe(order);
});

it.each([expired, failed])('an end is not undone by what was fetched before it: %j', (end) => {
  const order = orderAfter(pending, end, NOW);
  expect(orderAfter(order, { status: 'processing', lastPaymentError: null }, NOW)).toBe(order);
});

it.each([expired, failed])('money that arrives after all counts: %j', (end) => {
  expect(orderAfter(orderAfter(pending, end, NOW), paid, NOW)).toMatchObject({ status: 'paid', paymentId: 'pi_1' });
});

describe('a receipt', () => {
  const receipt = { invoiceUrl: 'https://i', receiptUrl: 'https://r', paidAmountMinor: 1_199, taxAmountMinor: 200 };
  const order = orderAfter(pending, paid, NOW);

  it('is noted on what was paid only', () => {
    expect(withReceipt(order, receipt)).toEqual({ ...order, receipt });
    expect(withReceipt(pending, receipt)).toBe(pending);
    expect(withReceipt(order, null)).toBe(order);
  });

  it('keeps the pages that a later look doesn’t tell of, and the same receipt changes nothing', () => {
    const noted = withReceipt(order, receipt);
    expect(withReceipt(noted, { ...receipt, invoiceUrl: null, receiptUrl: null })).toBe(noted);
  });

  it('brings no page back to an order whose owner was erased', () => {
    const erased = { ...order, erasedAt: NOW };
    const figures = { ...receipt, invoiceUrl: null, receiptUrl: null };
    expect(withReceipt(erased, receipt)).toEqual({ ...erased, receipt: figures });
    const noted = withReceipt(erased, receipt);
    expect(withReceipt(noted, receipt)).toBe(noted);
  });
});
