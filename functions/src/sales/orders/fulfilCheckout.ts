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

/** What a delivery came to. */
export interface Fulfilment extends HandledEvent {
  readonly order: Order | null;
}

/**
 * Brings an order to the state that its checkout or payment has at the provider, and credits it when it is paid:
 * marker, order, wallet and ledger entry in one commit. The entry's id is the payment's, so a payment credits once for
 * ever. An order that a restore has lost is made again in that commit.
 * @param event the event that told of it; null when nothing did and the provider was asked
 * @throws ORDER_NOT_REBUILT when a lost order of ours can't be made again, and PAYMENT_MISMATCH when a payment isn't
 *   the order's own or over another amount: nothing may be credited for that, and the noted failure keeps it in sight
 */
export async function fulfilCheckout(
  deps: OrdersNeeds,
  truth: OrderTruth,
  event: EventMarker | null,
): Promise<Fulfilment> {
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

/** The order as the checkout's state makes it, with the credits added to the unit of work if it is newly paid. */
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

/** What a paid order brings; null for one that isn't paid. */
function purchaseOf({ paymentId, credits }: Order): OrderCredit | null {
  if (paymentId === null) return null;
  return { type: 'purchase', paidBy: paymentId, amountCredits: credits, source: 'purchase', expiresAt: null };
}

/** The order with the payment that was made for it noted. */
function withIntent(order: Order, truth: OrderTruth): Order {
  if (truth.kind !== 'payment' || !isCardOrder(order) || order.direct.intentId === truth.paymentId) return order;
  return { ...order, direct: { ...order.direct, intentId: truth.paymentId } };
}

/** The order with who paid it noted, where the provider has made its customer only then. */
function withPayer(order: Order, truth: OrderTruth): Order {
  const customerId = truth.kind === 'checkout' ? truth.customerId : null;
  const isNews = order.paymentId !== null && order.customerId === null && customerId && !order.erasedAt;
  return isNews ? { ...order, customerId } : order;
}

/** The order with the invoice that was made for it noted. */
function withInvoice(order: Order, truth: OrderTruth): Order {
  if (truth.kind !== 'invoice' || truth.invoice === null || !isInvoiceOrder(order) || order.invoice) return order;
  return { ...order, invoice: order.erasedAt ? { ...truth.invoice, url: null, pdfUrl: null } : truth.invoice };
}

/**
 * True for a checkout or payment of this order over its amount. Another one that is paid is an error that somebody has
 * to look at; as long as it isn't, it means nothing here.
 */
function isAbout(order: Order, truth: OrderTruth): boolean {
  // What a plan's period brings is decided by its paid invoice alone.
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

/** What a truth is about, and whether that is the order's own. */
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
