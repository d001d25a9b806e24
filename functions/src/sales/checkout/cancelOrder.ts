import type { AccountCaller } from '../../platform/http/caller.ts';
import { changeOrder } from '../orders/changeOrder.ts';
import { findOrder } from '../orders/findOrders.ts';
import { fulfillOrder } from '../orders/fulfillOrder.ts';
import { isPageOrder, type Order, type PageOrder, type UnpaidOrder } from '../orders/order.ts';
import { orderNotCancelable } from '../orders/orders.errors.ts';
import { providerOf } from '../payments/providers.ts';
import { closePlanOrder, followPlanOrder } from '../subscriptions/followPlanOrder.ts';
import type { CheckoutNeeds } from './needs.ts';

/**
 * Cancels an order that is paid on a page: closes the page and gives the use of its coupon back. The page is closed
 * first, so that a payment is either seen here or no longer possible. Creem's pages can't be closed; a customer who
 * still pays on one gets the credits. Canceling again changes nothing.
 * @throws ORDER_NOT_FOUND, ORDER_NOT_CANCELABLE (paid, being paid, failed, or not paid on a page),
 *   PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function cancelOrder(deps: CheckoutNeeds, caller: AccountCaller, orderId: string): Promise<Order> {
  const order = await findOrder(deps, caller, orderId);
  if (order.status === 'canceled') return order;
  if (!mayBeCanceled(order)) throw orderNotCancelable(order);
  if (order.checkout) await closePage(deps, order, order.checkout.sessionId);
  if (order.kind === 'plan') await closePlanOrder(deps, order, 'canceled', null, null);
  const updatedAt = deps.clock();
  const canceled = await changeOrder(deps, orderId, (current) =>
    mayBeCanceled(current) ? { ...current, status: 'canceled', updatedAt } : current,
  );
  if (canceled.status === 'canceled') return canceled;
  throw orderNotCancelable(canceled);
}

/** True for an unpaid order on a page. Expired orders are included, because closing the page makes its order expire. */
function mayBeCanceled(order: Order): order is PageOrder & UnpaidOrder {
  return isPageOrder(order) && (order.status === 'pending' || order.status === 'expired');
}

/**
 * Closes the page of an order, and credits the order if the page was paid before it closed.
 * @throws ORDER_NOT_CANCELABLE when the order is paid or being paid
 */
async function closePage(deps: CheckoutNeeds, order: PageOrder, sessionId: string): Promise<void> {
  const { checkouts } = providerOf(deps, order);
  await checkouts.closeCheckout(sessionId);
  if (order.kind === 'plan') {
    await followPlanOrder(deps, order, null);
    const subscription = await deps.subscriptions.find(order.walletId);
    // The page was used: the subscription is paid or being paid.
    if (subscription?.providerSubscriptionId) throw orderNotCancelable((await deps.orders.find(order.id)) ?? order);
    return;
  }
  const truth = await checkouts.fetchCheckout(sessionId);
  const { status } = truth.state;
  if (status !== 'paid' && status !== 'processing') return;
  const { order: current } = await fulfillOrder(deps, truth, null);
  throw orderNotCancelable(current ?? order);
}
