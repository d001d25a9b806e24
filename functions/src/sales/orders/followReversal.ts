import { derivedId, type IsoTime, randomId, requestHash, type UnitOfWork } from '@cloud-bridge/base';
import type { CreditCommand, LotSource, RevokeCommand } from '@cloud-bridge/ledger';
import { DEFAULT_PROVIDER } from '../../access/accounts/providerName.ts';
import type { EventMarker } from '../incoming/incomingEvent.ts';
import { onceFor } from '../incoming/onceFor.ts';
import type { InvoiceProvider } from '../payments/invoiceProvider.ts';
import type { CheckoutProvider, CheckoutTruth, PaymentProvider } from '../payments/paymentProvider.ts';
import { providerOf } from '../payments/providers.ts';
import type { ReversalTruth } from '../payments/refundProvider.ts';
import { effectOnOrder } from './effectOnOrder.ts';
import { type Fulfillment, fulfillOrder } from './fulfillOrder.ts';
import type { OrdersNeeds } from './needs.ts';
import type { Order } from './order.ts';
import { orderNotCredited } from './orders.errors.ts';
import { orderAfterReversal, type ReversalPosting, withTakenLots } from './reversal.ts';

/**
 * Updates a paid order after refunds and disputes of its payment, and revokes or reinstates the credits that belong to
 * the money. Ignores a payment that belongs to none of our orders. Writes order, wallet, ledger entry and event marker
 * in one commit.
 * @param event the event that reported the change; null when no event did and the provider was asked
 * @throws ORDER_NOT_REBUILT, PAYMENT_MISMATCH, ORDER_NOT_CREDITED for an order that hasn't been credited yet,
 *   PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function followReversal(
  deps: OrdersNeeds,
  paymentId: string,
  event: EventMarker | null,
): Promise<Fulfillment> {
  const orderId = await orderIdOf(deps, paymentId, event);
  const commandId = randomId('cmd');
  const { duplicate, result } = await onceFor(deps, event, async (unit, now) => {
    const order = orderId ? await deps.orders.findIn(unit, orderId) : null;
    const changed = order && (await orderFollowing(unit, deps, order, paymentId, commandId, now));
    if (changed) deps.orders.writeIn(unit, changed);
    return effectOnOrder(unit, deps, order, changed, now);
  });
  return { duplicate, orderId: result?.id ?? null, order: result };
}

/**
 * Finds the order that a payment was made for, and credits the order first if the event that reports the payment hasn't
 * arrived yet. When the payment doesn't name its order, the event's provider is asked for the invoice that the payment
 * pays.
 */
async function orderIdOf(deps: OrdersNeeds, paymentId: string, event: EventMarker | null): Promise<string | null> {
  const paid = await deps.orders.findByPayment(paymentId);
  if (paid) return paid.id;
  const { checkouts, invoices, payments } = deps.providers[event?.provider ?? DEFAULT_PROVIDER];
  if (!payments) return null;
  const payment = await payments.fetchPayment(paymentId);
  if (payment.orderId === null) return invoices && creditInvoiceOf(deps, invoices, paymentId);
  const order = await deps.orders.find(payment.orderId);
  if (order && order.paymentId !== null) return order.id;
  const checkout = await checkoutBehind({ checkouts, payments }, order, paymentId);
  return (await fulfillOrder(deps, checkout ?? payment, null)).order?.id ?? order?.id ?? null;
}

/**
 * Fetches the checkout on which a payment was made. When a database restore has lost the order, asks the provider which
 * checkout that was.
 */
async function checkoutBehind(
  { checkouts, payments }: { readonly checkouts: CheckoutProvider; readonly payments: PaymentProvider },
  order: Order | null,
  paymentId: string,
): Promise<CheckoutTruth | null> {
  if (!order) return payments.findCheckout(paymentId);
  return order.checkout && checkouts.fetchCheckout(order.checkout.sessionId);
}

/**
 * Finds the order whose invoice a payment pays, and credits it; returns null for a payment that pays none of our
 * invoices.
 */
async function creditInvoiceOf(
  deps: OrdersNeeds,
  invoices: InvoiceProvider,
  paymentId: string,
): Promise<string | null> {
  const invoice = await invoices.findByPayment(paymentId);
  if (!invoice?.orderId) return null;
  const order = await deps.orders.find(invoice.orderId);
  if (order && order.method !== 'invoice') return null;
  return (await fulfillOrder(deps, invoice, null)).order?.id ?? null;
}

async function orderFollowing(
  unit: UnitOfWork,
  deps: OrdersNeeds,
  order: Order,
  paymentId: string,
  commandId: string,
  now: IsoTime,
): Promise<Order | null> {
  // The order is read before the provider is asked, and each answer raises the order's version. So a run whose answer
  // is older than another run's finds the order changed, and asks again.
  const truth = await providerOf(deps, order).refunds.fetchReversal(paymentId);
  if (order.paymentId === null) return ifUncredited(order, truth);
  if (order.paymentId !== paymentId) return null;
  const { order: changed, posting } = orderAfterReversal(order, truth, now);
  if (posting.kind === 'none') return changed;
  const command = commandFor(changed, posting, await expiryOf(deps, changed), commandId, now);
  const staged = await deps.wallets.stageIn(unit, changed, command);
  staged.write();
  return posting.kind === 'revocation' ? withTakenLots(changed, staged.result.entry.lotChanges) : changed;
}

/**
 * Returns null when no money of an uncredited order has been paid, so there is nothing to revoke. Throws otherwise,
 * because the credits may still be on their way.
 */
function ifUncredited(order: Order, truth: ReversalTruth): null {
  if (truth.amountMinor === 0) return null;
  throw orderNotCredited(order.id);
}

/** The kind of lot that an order's credits were added to; a revocation takes from lots of this kind first. */
function sourceOf({ kind }: Order): LotSource {
  return kind === 'plan' ? 'subscription' : 'purchase';
}

/** Returns when an order's credits expire, read from the ledger entry that added them; null when they don't expire. */
async function expiryOf(deps: OrdersNeeds, order: Order): Promise<IsoTime | null> {
  if (sourceOf(order) === 'purchase' || order.entryId === null) return null;
  const entry = await deps.wallets.readEntry(order, order.entryId);
  return entry?.lotChanges.find(({ deltaCredits }) => deltaCredits > 0)?.expiresAt ?? null;
}

function commandFor(
  order: Order,
  posting: Exclude<ReversalPosting, { kind: 'none' }>,
  expiresAt: IsoTime | null,
  commandId: string,
  now: IsoTime,
): CreditCommand | RevokeCommand {
  const version = String(order.reversal?.version);
  const base = {
    entryId: derivedId(posting.kind === 'revocation' ? 'rev' : 'rei', order.id, version),
    commandId,
    // Equal for all attempts at this version of the order, whatever the provider answered: the order's version decides
    // which attempt comes first.
    requestHash: requestHash([order.id, version]),
    now,
    amountCredits: posting.amountCredits,
    source: sourceOf(order),
    orderId: order.id,
  };
  if (posting.kind === 'revocation') {
    return { type: 'revocation', ...base, description: `${order.productName}: payment reversed` };
  }
  const description = `${order.productName}: payment restored`;
  return { type: 'reinstatement', ...base, expiresAt, returned: posting.returned, description };
}
