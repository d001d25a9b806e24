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
import { followPayment } from '../orders/followPayment.ts';
import type { Order } from '../orders/order.ts';
import { orderEvent } from '../orders/orderEvent.ts';
import { newOrder } from '../orders/placeOrder.ts';
import type { PaidInvoice } from '../payments/subscriptionProvider.ts';
import type { SubscriptionsNeeds } from './needs.ts';
import { planPurchase } from './planPurchase.ts';
import type { Subscription } from './subscription.ts';

/** Questions to the provider that are asked at once. */
const CONCURRENCY = 5;

/**
 * Credits those of a subscription's paid invoices that haven't been yet, oldest first. What has been credited and
 * looked at for refunds is read in one go, and left alone.
 * @throws what {@link recordInvoice} and {@link followPayment} throw
 */
export async function creditInvoices(
  deps: SubscriptionsNeeds,
  subscription: Subscription,
  invoices: readonly PaidInvoice[],
): Promise<void> {
  const known = await deps.orders.findAll(invoices.map((invoice) => orderIdOf(subscription, invoice)));
  const orders = new Map(known.map((order) => [order.id, order]));
  const unseen: string[] = [];
  // In their order, which is that of the ledger.
  for (const invoice of invoices) {
    const found = orders.get(orderIdOf(subscription, invoice));
    const order = found?.paidAt ? found : await recordInvoice(deps, subscription, invoice);
    // A refund or dispute that was told of before nobody could tie to an order: it is looked for once.
    if (order.reversal === undefined && invoice.paymentId !== null) unseen.push(invoice.paymentId);
  }
  for (const group of groupsOf(unseen, CONCURRENCY)) {
    await Promise.all(group.map((paymentId) => followPayment(deps, paymentId, null)));
  }
}

/** The order that an invoice is recorded as. */
function orderIdOf({ orderId, provider }: Subscription, { isFirst, id }: PaidInvoice): string {
  return isFirst ? orderId : derivedId('ord', provider, id);
}

/**
 * Records a paid invoice as an order and grants the credits of the period that it pays for into the subscription's
 * wallet, expiring with it: order, wallet and entry in one commit. The entry's id is the invoice's, so an invoice
 * grants once for ever. One that only settles a change within a period grants nothing.
 * @throws an Error for a first invoice over something unknown: the provider's retries keep it in sight
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

/** The order of a renewal, which nobody placed. */
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
    // What cost nothing has no payment; then the invoice itself is what was fulfilled.
    paymentId: paymentId ?? id,
    unitAmountMinor: unitAmountMinor ?? amountPaidMinor + (order.discount?.amountMinor ?? 0),
    receipt: { invoiceUrl: url, receiptUrl: null, paidAmountMinor: amountPaidMinor, taxAmountMinor },
    lastPaymentError: null,
    paidAt: now,
    updatedAt: now,
  };
}

/** Adds the grant to the unit of work; gives the order with the entry that credited it, if one did. */
async function grantIn(
  unit: UnitOfWork,
  deps: SubscriptionsNeeds,
  order: Order,
  invoice: PaidInvoice,
  commandId: string,
  now: IsoTime,
): Promise<Order> {
  const { period } = invoice;
  // The first one always is for a whole period of ours: it must not pass for one that brings nothing.
  if (!period && invoice.isFirst) throw new Error(`the first invoice ${invoice.id} says not what it is for`);
  if (!period) return order;
  const { credits: amountCredits, endsAt: expiresAt } = period;
  const grant = { type: 'grant', paidBy: invoice.id, amountCredits, source: 'subscription', expiresAt } as const;
  try {
    return await creditOrderIn(unit, deps, order, grant, commandId, now);
  } catch (error) {
    if (!hasCode(error, 'WALLET_CLOSED')) throw error;
    // Somebody paid after the end: the order says so, and an operator gives the money back.
    deps.logger.error('an invoice was paid after the end of its subscription', { orderId: order.id, ...invoice });
    return { ...order, credits: 0 };
  }
}
