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
] as const)('a checkout with status %s makes the order %s', (_name, state, status) => {
  expect(orderAfter(pending, state, NOW).status).toBe(status);
});

it('records a declined card while the customer may try again', () => {
  const order = orderAfter(pending, { status: 'open', lastPaymentError: declined }, NOW);
  expect(order).toMatchObject({ status: 'pending', lastPaymentError: declined, updatedAt: NOW });
});

it('returns the same object if nothing changes', () => {
  expect(orderAfter(pending, { status: 'open', lastPaymentError: null }, NOW)).toBe(pending);
});

it.each([
  expired,
  failed,
  { status: 'open', lastPaymentError: declined } as const,
  { status: 'paid', paymentId: 'pi_2' } as const,
])('leaves a paid order unchanged by a late state: %j', (late) => {
  const order = orderAfter(pending, paid, NOW);
  expect(orderAfter(order, late, '2026-01-03T00:00:00.000Z')).toBe(order);
});

it.each([expired, failed])('does not reopen an ended order because of an older answer: %j', (end) => {
  const order = orderAfter(pending, end, NOW);
  expect(orderAfter(order, { status: 'processing', lastPaymentError: null }, NOW)).toBe(order);
});

it.each([expired, failed])('accepts a payment that arrives after the end: %j', (end) => {
  expect(orderAfter(orderAfter(pending, end, NOW), paid, NOW)).toMatchObject({ status: 'paid', paymentId: 'pi_1' });
});

describe('a receipt', () => {
  const receipt = { invoiceUrl: 'https://i', receiptUrl: 'https://r', paidAmountMinor: 1_199, taxAmountMinor: 200 };
  const order = orderAfter(pending, paid, NOW);

  it('is recorded on paid orders only', () => {
    expect(withReceipt(order, receipt)).toEqual({ ...order, receipt });
    expect(withReceipt(pending, receipt)).toBe(pending);
    expect(withReceipt(order, null)).toBe(order);
  });

  it('keeps known pages that a later answer leaves out, and changes nothing if the receipt is the same', () => {
    const noted = withReceipt(order, receipt);
    expect(withReceipt(noted, { ...receipt, invoiceUrl: null, receiptUrl: null })).toBe(noted);
  });

  it('does not restore pages of an order whose owner was erased', () => {
    const erased = { ...order, erasedAt: NOW };
    const figures = { ...receipt, invoiceUrl: null, receiptUrl: null };
    expect(withReceipt(erased, receipt)).toEqual({ ...erased, receipt: figures });
    const noted = withReceipt(erased, receipt);
    expect(withReceipt(noted, receipt)).toBe(noted);
  });
});
