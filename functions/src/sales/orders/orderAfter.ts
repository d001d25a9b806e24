/** Pure rules that bring an order up to date: with the state of its payment, and with the receipt. */

import type { IsoTime } from '@cloud-bridge/base';
import type { CheckoutState, OrderReceipt } from '../payments/payment.ts';
import type { Order } from './order.ts';

/**
 * Returns a paid order with its receipt; the same object when the receipt adds nothing. Known pages of the receipt
 * stay, even if the provider leaves them out this time.
 */
export function withReceipt(order: Order, told: OrderReceipt | null): Order {
  if (order.paymentId === null || told === null) return order;
  const receipt = order.erasedAt ? { ...told, invoiceUrl: null, receiptUrl: null } : told;
  const known = order.receipt;
  const next: OrderReceipt = {
    ...receipt,
    invoiceUrl: receipt.invoiceUrl ?? known?.invoiceUrl ?? null,
    receiptUrl: receipt.receiptUrl ?? known?.receiptUrl ?? null,
  };
  const isKnown =
    known?.invoiceUrl === next.invoiceUrl &&
    known.receiptUrl === next.receiptUrl &&
    known.paidAmountMinor === next.paidAmountMinor &&
    known.taxAmountMinor === next.taxAmountMinor;
  return isKnown ? order : { ...order, receipt: next };
}

/**
 * Returns the order after the checkout's current state; the same object when nothing changes. A paid order stays paid,
 * whatever state arrives late. A payment counts even after the order has failed or expired.
 */
export function orderAfter(order: Order, state: CheckoutState, now: IsoTime): Order {
  if (order.paymentId !== null) return order;
  if (state.status === 'paid') {
    const { paymentId } = state;
    return { ...order, status: 'paid', paymentId, paidAt: now, lastPaymentError: null, updatedAt: now };
  }
  // An order that has ended stays so: the provider's answer to the contrary is older.
  if (order.status !== 'pending') return order;
  const { lastPaymentError } = state;
  const status = state.status === 'open' || state.status === 'processing' ? 'pending' : state.status;
  const isKnown = status === 'pending' && lastPaymentError?.message === order.lastPaymentError?.message;
  return isKnown ? order : { ...order, status, lastPaymentError, updatedAt: now };
}
