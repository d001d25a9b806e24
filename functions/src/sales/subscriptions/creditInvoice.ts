import {
  derivedId,
  groupsOf,
  type IsoTime,
  randomId,
  requestHash,
  runUnitOfWork,
  type UnitOfWork,
} from '@cloud-bridge/base';
import { hasCode } from '../../platform/errors/refusal.ts';
import { stageUse } from '../orders/couponUse.ts';
import { creditOrderIn } from '../orders/creditOrder.ts';
import { followReversal } from '../orders/followReversal.ts';
import type { Order } from '../orders/order.ts';
import { orderEvent } from '../orders/orderEvent.ts';
import { newOrder } from '../orders/placeOrder.ts';
import type { PaidInvoice } from '../payments/subscriptionProvider.ts';
import type { SubscriptionsNeeds } from './needs.ts';
import { planPurchase } from './planPurchase.ts';
import type { Subscription } from './subscription.ts';

/** Number of concurrent requests to the provider. */
const CONCURRENCY = 5;

/**
 * Credits a subscription's paid invoices, oldest first, unless they are credited already. Also looks once for refunds
 * and disputes of each payment. Reads the orders of all invoices at once, and skips those that are done.
 * @throws what {@link recordInvoice} and {@link followReversal} throw
 */
export async function creditInvoices(
  deps: SubscriptionsNeeds,
  subscription: Subscription,
  invoices: readonly PaidInvoice[],
): Promise<void> {
  const known = await deps.orders.findAll(invoices.map((invoice) => orderIdOf(subscription, invoice)));
  const orders = new Map(known.map((order) => [order.id, order]));
  const unseen: string[] = [];
  // One after the other, so that the ledger's entries have the order of the invoices.
  for (const invoice of invoices) {
    const found = orders.get(orderIdOf(subscription, invoice));
    const order = found?.paidAt ? found : await recordInvoice(deps, subscription, invoice);
    // Events of refunds and disputes that arrived before the order existed were ignored, so look for them once.
    if (order.reversal === undefined && invoice.paymentId !== null) unseen.push(invoice.paymentId);
  }
  for (const group of groupsOf(unseen, CONCURRENCY)) {
    await Promise.all(group.map((paymentId) => followReversal(deps, paymentId, null)));
  }
}

/** Returns the id of the order that records an invoice. */
function orderIdOf({ orderId, provider }: Subscription, { isFirst, id }: PaidInvoice): string {
  return isFirst ? orderId : derivedId('ord', provider, id);
}

/**
 * Records a paid invoice as an order, and grants the credits of the paid period into the subscription's wallet; the
 * credits expire with the period. Order, wallet and entry are written in one commit. The entry's id follows from the
 * invoice's, so that an invoice never grants twice. An invoice that only settles a change within a period grants
 * nothing.
 * @throws an Error for a first invoice for an unknown price, so that the provider's retries keep reporting it
 */
function recordInvoice(deps: SubscriptionsNeeds, subscription: Subscription, invoice: PaidInvoice): Promise<Order> {
  const now = deps.clock();
  const commandId = randomId('cmd');
  return runUnitOfWork(deps.db, async (unit) => {
    const id = orderIdOf(subscription, invoice);
    const known = await deps.orders.findIn(unit, id);
    if (known?.paidAt) return known;
    const placed = known ?? orderOf(subscription, invoice, id, now);
    const order = paidOrder({ ...placed, customerId: subscription.customerId }, invoice, now);
    const use = await stageUse(unit, deps, known, order, now);
    const credited = await grantIn(unit, deps, use.order, invoice, commandId, now);
    use.write();
    if (known) deps.orders.writeIn(unit, credited);
    else deps.orders.createIn(unit, credited);
    const news = orderEvent(known, credited, now);
    if (news) deps.accountEvents.createIn(unit, news);
    return credited;
  });
}

/** Returns the order of a renewal, which the provider charges without an order having been placed. */
function orderOf(subscription: Subscription, invoice: PaidInvoice, id: string, now: IsoTime): Order {
  const { accountId, customerId, currency, provider, id: walletId } = subscription;
  const { planSlug, planName, credits } = invoice.period ?? { ...subscription.period, credits: 0 };
  const purchase = planPurchase({ planSlug, planName, credits, currency, unitAmountMinor: invoice.amountPaidMinor });
  const payment = { provider, method: 'automatic' } as const;
  const identity = { id, accountId, walletId, requestHash: requestHash(['invoice', invoice.id]) };
  return { ...newOrder({ ...purchase, ...payment }, identity, now), customerId };
}

function paidOrder(
  order: Order,
  { id, paymentId, amountPaidMinor, unitAmountMinor, taxAmountMinor, url }: PaidInvoice,
  now: IsoTime,
): Order {
  return {
    ...order,
    status: 'paid',
    // An invoice over nothing has no payment, so the invoice's id stands for the payment.
    paymentId: paymentId ?? id,
    unitAmountMinor: unitAmountMinor ?? amountPaidMinor + (order.discount?.amountMinor ?? 0),
    receipt: { invoiceUrl: url, receiptUrl: null, paidAmountMinor: amountPaidMinor, taxAmountMinor },
    lastPaymentError: null,
    paidAt: now,
    updatedAt: now,
  };
}

/** Adds the grant to the unit of work. Returns the order, with the grant's entry if there is a grant. */
async function grantIn(
  unit: UnitOfWork,
  deps: SubscriptionsNeeds,
  order: Order,
  invoice: PaidInvoice,
  commandId: string,
  now: IsoTime,
): Promise<Order> {
  const { period } = invoice;
  // A first invoice always pays for a whole period, so it must not be recorded as an invoice that grants nothing.
  if (!period && invoice.isFirst) throw new Error(`the first invoice ${invoice.id} has no period`);
  if (!period) return order;
  const { credits: amountCredits, endsAt: expiresAt } = period;
  const grant = { type: 'grant', paidBy: invoice.id, amountCredits, source: 'subscription', expiresAt } as const;
  try {
    return await creditOrderIn(unit, deps, order, grant, commandId, now);
  } catch (error) {
    if (!hasCode(error, 'WALLET_CLOSED')) throw error;
    // The invoice was paid after the subscription had ended: the order shows 0 credits, and an operator refunds it.
    deps.logger.error('an invoice was paid after the end of its subscription', { orderId: order.id, ...invoice });
    return { ...order, credits: 0 };
  }
}
