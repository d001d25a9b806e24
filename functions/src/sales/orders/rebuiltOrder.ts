import { addSeconds } from '@cloud-bridge/base';
import type { OrderTruth } from '../payments/orderTruth.ts';
import { orderNotRebuilt } from '../seals/seals.errors.ts';
import type { Seals } from '../seals/seals.ts';
import type { Order } from './order.ts';
import { type OrderFacts, readOrderFacts } from './orderFacts.ts';
import { newOrder } from './placeOrder.ts';

/** No page of a provider's that takes payments stays open longer. */
const PAGE_SECONDS = 24 * 60 * 60;

/**
 * The order that a payment was made for, as it was before it was paid, from the facts in the payment's metadata; null
 * for a payment of another deployment's, or that isn't made. Whoever calls this has looked for the order in vain. A
 * plan's order is made with its subscription instead. Pure.
 * @throws AppError 409 `ORDER_NOT_REBUILT` for what says that it is ours, and isn't or doesn't fit
 */
export function rebuiltOrder(seals: Seals, truth: OrderTruth): Order | null {
  if (truth.state.status !== 'paid' && truth.state.status !== 'processing') return null;
  const facts = readOrderFacts(seals, truth.metadata);
  if (!facts || facts.kind === 'plan') return null;
  if (facts.id !== truth.orderId || facts.provider !== truth.provider) {
    throw orderNotRebuilt('the facts in its metadata are of another order');
  }
  const productId = truth.kind === 'checkout' ? truth.productId : undefined;
  if (facts.providerProductId !== productId) throw orderNotRebuilt('another product was paid');
  return { ...orderFrom(facts), ...paidWith(facts, truth) };
}

/** An order as it was placed. What a coupon takes off isn't counted as a use yet. */
export function orderFrom(facts: OrderFacts): Order {
  const { id, accountId, walletId, requestHash, createdAt, paymentMethodId, discount } = facts;
  const { provider, providerProductId, daysUntilDue, customerId } = facts;
  const { kind, method, productKey, productName, credits, unitAmountMinor, currency } = facts;
  const draft = { kind, method, productKey, productName, credits, unitAmountMinor, currency, provider, customerId };
  const order = newOrder(
    {
      ...draft,
      successUrl: null,
      cancelUrl: null,
      ...(providerProductId !== undefined && { providerProductId }),
      ...(daysUntilDue !== undefined && { daysUntilDue }),
      ...(paymentMethodId !== undefined && { direct: { paymentMethodId, intentId: null } }),
    },
    { id, accountId, walletId, requestHash },
    createdAt,
  );
  return discount ? { ...order, discount: { ...discount, isCounted: false } } : order;
}

/** What is known of how it was paid. */
function paidWith({ createdAt, discount }: OrderFacts, truth: OrderTruth): Partial<Order> {
  if (truth.kind !== 'checkout') return {};
  const { sessionId, discountMinor } = truth;
  // Its page has been used: nobody is sent there any more.
  const checkout = { sessionId, url: '', expiresAt: addSeconds(createdAt, PAGE_SECONDS) };
  // The provider may have rounded a percentage by one more or less; see openCheckout.
  const isRounded = discount && Math.abs(discount.amountMinor - discountMinor) <= 1;
  return { checkout, ...(isRounded && { discount: { ...discount, amountMinor: discountMinor, isCounted: false } }) };
}
