import type { IsoTime } from '@cloud-bridge/base';
import type { CheckoutState, OrderReceipt } from '../payments/payment.ts';
import type { Order } from './order.ts';

/**
 * A paid order with its receipt noted; the same order when that says nothing new. A page that is known stays, even when
 * the provider doesn't tell of it this time.
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
 * The order as a checkout's present state makes it; the same order when that changes nothing. What has been paid stays
 * paid, whatever arrives late; and money that did arrive counts even after the order had failed or expired.
 */
export function orderAfter(order: Order, state: CheckoutState, now: IsoTime): Order {
  if (order.paymentId !== null) return order;
  if (state.status === 'paid') {
    const { paymentId } = state;
    return { ...order, status: 'paid', paymentId, paidAt: now, lastPaymentError: null, updatedAt: now };
  }
  // A payment that has come to an end stays so: what says otherwise was fetched before.
  if (order.status !== 'pending') return order;
  const { lastPaymentError } = state;
  const status = state.status === 'open' || state.status === 'processing' ? 'pending' : state.status;
  const isKnown = status === 'pending' && lastPaymentError?.message === order.lastPaymentError?.message;
  return isKnown ? order : { ...order, status, lastPaymentError, updatedAt: now };
}
