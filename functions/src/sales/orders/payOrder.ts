import { addSeconds } from '@cloud-bridge/base';
import { notFound } from '../../platform/errors/refusal.ts';
import { ensureCustomer } from '../customers/ensureCustomer.ts';
import type { PaymentTruth } from '../payments/paymentProvider.ts';
import { isLost, isProviderRefusal } from '../payments/payments.errors.ts';
import { portOf } from '../payments/providers.ts';
import { failOrder } from './failOrder.ts';
import { fulfillOrder } from './fulfillOrder.ts';
import type { OrdersNeeds } from './needs.ts';
import type { CardOrder, Order } from './order.ts';
import { sealOrder } from './orderFacts.ts';
import { orderClosed } from './orders.errors.ts';

/**
 * Seconds after its creation for which an order may be charged: 23 hours, because the provider may forget an
 * idempotency key after a day.
 */
const CHARGEABLE_SECONDS = 23 * 60 * 60;

/** An order after an attempt to charge its saved card. */
export interface OrderPayment {
  readonly order: Order;
  /** The provider's current state of the payment; null for an order that was already paid. */
  readonly payment: PaymentTruth | null;
}

/**
 * Charges the saved payment method of an order, or fetches the payment if it exists already, and credits the order when
 * it is paid. A repetition never charges twice: the provider's idempotency key is the order's id. Webhooks report later
 * changes.
 * @throws PAYMENT_METHOD_NOT_FOUND (the saved card is gone, and the order has failed), ORDER_CLOSED,
 *   PAYMENT_PROVIDER_REFUSED (and the order has failed), PAYMENT_PROVIDER_UNAVAILABLE (the outcome is unknown: repeat
 *   the request)
 */
export async function payOrder(deps: OrdersNeeds, order: CardOrder): Promise<OrderPayment> {
  if (order.paymentId !== null) return { order, payment: null };
  const payment = await paymentOf(deps, order);
  const { order: current } = await fulfillOrder(deps, payment, null);
  return { order: current ?? order, payment };
}

async function paymentOf(deps: OrdersNeeds, order: CardOrder): Promise<PaymentTruth> {
  const { direct, accountId, productName, credits, unitAmountMinor, currency } = order;
  const payments = portOf(deps, order, 'payments');
  if (direct.intentId !== null) return payments.fetchPayment(direct.intentId);
  const isTooOld = order.createdAt <= addSeconds(deps.clock(), -CHARGEABLE_SECONDS);
  if (order.status !== 'pending' || isTooOld) throw orderClosed(order.status);
  try {
    const customerId = await ensureCustomer(deps, accountId);
    return await payments.payDirectly({
      orderId: order.id,
      accountId,
      customerId,
      paymentMethodId: direct.paymentMethodId,
      productName: `${productName}: ${credits} credits`,
      unitAmountMinor,
      currency,
      seal: sealOrder(deps.seals, { ...order, customerId }),
    });
  } catch (error) {
    // A customer that is gone at the provider takes its cards along.
    if (isLost(error, 'payment method') || isLost(error, 'customer')) {
      await failOrder(deps, order.id, 'payment_method_missing', 'The saved card is gone.');
      throw notFound('PAYMENT_METHOD_NOT_FOUND');
    }
    if (isProviderRefusal(error)) {
      await failOrder(deps, order.id, 'payment_refused', 'The payment provider did not accept the payment.');
    }
    throw error;
  }
}
