import { type IsoTime, randomId, type UnitOfWork } from '@cloud-bridge/base';
import { stageCustomer, stageLostCustomer } from '../customers/stageCustomer.ts';
import type { EventMarker, HandledEvent } from '../incoming/incomingEvent.ts';
import { onceFor } from '../incoming/onceFor.ts';
import type { InvoiceTruth } from '../payments/invoiceProvider.ts';
import type { OrderTruth } from '../payments/orderTruth.ts';
import type { CheckoutTruth, PaymentTruth } from '../payments/paymentProvider.ts';
import { stageUse } from './couponUse.ts';
import { creditOrderIn, type OrderCredit } from './creditOrder.ts';
import { effectOnOrder } from './effectOnOrder.ts';
import type { OrdersNeeds } from './needs.ts';
import { isCardOrder, isInvoiceOrder, isPageOrder, type Order } from './order.ts';
import { orderAfter, withReceipt } from './orderAfter.ts';
import { paymentMismatch } from './orders.errors.ts';
import { rebuiltOrder } from './rebuiltOrder.ts';

/** The result of following a payment: the order as stored, null when the payment belongs to none of our orders. */
export interface Fulfillment extends HandledEvent {
  readonly order: Order | null;
}

/**
 * Updates an order to the provider's current state of its checkout, payment or invoice, and credits the order when it
 * is newly paid. Writes event marker, order, wallet and ledger entry in one commit. The entry's id is the payment's, so
 * a payment credits only once. Recreates an order that a database restore has lost, in the same commit.
 * @param event the event that reported the change; null when no event did and the provider was asked
 * @throws ORDER_NOT_REBUILT when a lost order of ours can't be recreated, and PAYMENT_MISMATCH when a payment isn't the
 *   order's own or is over another amount: no credits may be added then, and the recorded failure shows the payment to
 *   operators
 */
export async function fulfillOrder(
  deps: OrdersNeeds,
  truth: OrderTruth,
  event: EventMarker | null,
): Promise<Fulfillment> {
  const commandId = randomId('cmd');
  const { duplicate, result } = await onceFor(deps, event, async (unit, now) => {
    const found = truth.orderId ? await deps.orders.findIn(unit, truth.orderId) : null;
    const known = found ?? rebuiltOrder(deps.seals, truth);
    const order = known && isAbout(known, truth) ? known : null;
    const changed = order && (await orderFollowing(unit, deps, order, !found, truth, commandId, now));
    if (changed && !found) deps.orders.createIn(unit, changed);
    else if (changed && changed !== order) deps.orders.writeIn(unit, changed);
    return effectOnOrder(unit, deps, order, changed, now);
  });
  return { duplicate, orderId: result?.id ?? null, order: result };
}

/**
 * Returns the order after applying the provider's state, and adds the credits to the unit of work if the order is newly
 * paid.
 */
async function orderFollowing(
  unit: UnitOfWork,
  deps: OrdersNeeds,
  order: Order,
  isRebuilt: boolean,
  truth: OrderTruth,
  commandId: string,
  now: IsoTime,
): Promise<Order> {
  const followed = withPayer(withIntent(orderAfter(order, truth.state, now), truth), truth);
  const moved = withInvoice(withReceipt(followed, truth.receipt), truth);
  const payer = await (isRebuilt ? stageLostCustomer : stageCustomer)(unit, deps, moved);
  const purchase = order.paymentId === null ? purchaseOf(moved) : null;
  const use = await stageUse(unit, deps, order, moved, now);
  const credited = purchase ? await creditOrderIn(unit, deps, use.order, purchase, commandId, now) : use.order;
  use.write();
  payer.write();
  return credited;
}

/** Returns the credits that a paid order adds; null for an unpaid order. */
function purchaseOf({ paymentId, credits }: Order): OrderCredit | null {
  if (paymentId === null) return null;
  return { type: 'purchase', paidBy: paymentId, amountCredits: credits, source: 'purchase', expiresAt: null };
}

/** Records the provider's payment on an order that charges a saved card. */
function withIntent(order: Order, truth: OrderTruth): Order {
  if (truth.kind !== 'payment' || !isCardOrder(order) || order.direct.intentId === truth.paymentId) return order;
  return { ...order, direct: { ...order.direct, intentId: truth.paymentId } };
}

/** Records the payer on a paid order whose provider created the customer on its own page. */
function withPayer(order: Order, truth: OrderTruth): Order {
  const customerId = truth.kind === 'checkout' ? truth.customerId : null;
  const isNews = order.paymentId !== null && order.customerId === null && customerId && !order.erasedAt;
  return isNews ? { ...order, customerId } : order;
}

/** Records the provider's invoice on an order that is paid by invoice. */
function withInvoice(order: Order, truth: OrderTruth): Order {
  if (truth.kind !== 'invoice' || truth.invoice === null || !isInvoiceOrder(order) || order.invoice) return order;
  return { ...order, invoice: order.erasedAt ? { ...truth.invoice, url: null, pdfUrl: null } : truth.invoice };
}

/**
 * True when the provider's object belongs to this order and has its amount. Throws when another object, or one over
 * another amount, is paid: an operator has to look at that. Returns false while such an object is unpaid.
 */
function isAbout(order: Order, truth: OrderTruth): boolean {
  // A plan's period is credited by its paid invoice alone.
  if (order.kind === 'plan') return false;
  const { id, isOwn } = identify(order, truth);
  const isSameAmount =
    truth.unitAmountMinor === order.unitAmountMinor &&
    (truth.kind === 'payment' ? 0 : truth.discountMinor) === (order.discount?.amountMinor ?? 0) &&
    truth.currency === order.currency;
  if (isOwn && isSameAmount) return true;
  if (truth.state.status !== 'paid') return false;
  throw paymentMismatch(id, order.id);
}

/** Returns the id of the provider's object, and whether the object belongs to the order. */
function identify(order: Order, truth: OrderTruth): { id: string; isOwn: boolean } {
  switch (truth.kind) {
    case 'checkout':
      return { id: truth.sessionId, isOwn: isOwnCheckout(order, truth) };
    case 'invoice':
      return { id: truth.invoiceId, isOwn: isOwnInvoice(order, truth) };
    case 'payment':
      return { id: truth.paymentId, isOwn: isOwnPayment(order, truth) };
  }
}

function isOwnInvoice(order: Order, { invoiceId }: InvoiceTruth): boolean {
  return isInvoiceOrder(order) && (!order.invoice || order.invoice.invoiceId === invoiceId);
}

function isOwnCheckout(order: Order, { sessionId }: CheckoutTruth): boolean {
  return isPageOrder(order) && (order.checkout === null || order.checkout.sessionId === sessionId);
}

function isOwnPayment(order: Order, { paymentId }: PaymentTruth): boolean {
  return isCardOrder(order) && (order.direct.intentId === null || order.direct.intentId === paymentId);
}
