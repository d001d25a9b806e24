import { addSeconds } from '@cloud-bridge/base';
import { notFound } from '../../platform/errors/refusal.ts';
import { ensureCustomer } from '../customers/ensureCustomer.ts';
import type { PaymentTruth } from '../payments/paymentProvider.ts';
import { isLost, isProviderRefusal } from '../payments/payments.errors.ts';
import { portOf } from '../payments/providers.ts';
import { failOrder } from './failOrder.ts';
import { fulfilCheckout } from './fulfilCheckout.ts';
import type { OrdersNeeds } from './needs.ts';
import type { CardOrder, Order } from './order.ts';
import { sealOrder } from './orderFacts.ts';
import { orderClosed } from './orders.errors.ts';

/** The provider may forget an idempotency key after a day; an order that is nearly as old is not charged any more. */
const CHARGEABLE_SECONDS = 23 * 60 * 60;

/** An order as the payment left it. */
export interface OrderPayment {
  readonly order: Order;
  /** What the provider says of the payment; null for an order that was known to be paid. */
  readonly payment: PaymentTruth | null;
}

/**
 * Charges the saved method of an order, or asks what became of the charge; credits it when it is paid. Repeating it
 * charges nothing twice: the provider's idempotency key is the order's id. What happens later is told by webhooks.
 * @throws PAYMENT_METHOD_NOT_FOUND (the saved card is gone, and the order has failed), ORDER_CLOSED,
 *   PAYMENT_PROVIDER_REFUSED (and the order has failed), PAYMENT_PROVIDER_UNAVAILABLE (nobody knows: repeat it)
 */
export async function payOrder(deps: OrdersNeeds, order: CardOrder): Promise<OrderPayment> {
  if (order.paymentId !== null) return { order, payment: null };
  const payment = await paymentOf(deps, order);
  const { order: current } = await fulfilCheckout(deps, payment, null);
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
    // With their customer, cards are gone as well.
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
