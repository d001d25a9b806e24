import { addSeconds } from '@cloud-bridge/base';
import type { OrderTruth } from '../payments/orderTruth.ts';
import type { CheckoutTruth } from '../payments/paymentProvider.ts';
import { orderNotRebuilt } from '../seals/seals.errors.ts';
import type { Seals } from '../seals/seals.ts';
import { isPageOrder, type TopUpProduct, type UnpaidOrder } from './order.ts';
import { type OrderFacts, readOrderFacts } from './orderFacts.ts';
import { newOrder, type OrderDraft } from './placeOrder.ts';

/** No page of a provider's that takes payments stays open longer. */
const PAGE_SECONDS = 24 * 60 * 60;

/**
 * The order that a payment was made for, as it was before it was paid, from the facts in the payment's metadata; null
 * for a payment of another deployment's, or that isn't made. Whoever calls this has looked for the order in vain. A
 * plan's order is made with its subscription instead. Pure.
 * @throws ORDER_NOT_REBUILT for what says that it is ours, and isn't or doesn't fit
 */
export function rebuiltOrder(seals: Seals, truth: OrderTruth): UnpaidOrder | null {
  if (truth.state.status !== 'paid' && truth.state.status !== 'processing') return null;
  const facts = readOrderFacts(seals, truth.metadata);
  if (!facts || facts.kind === 'plan') return null;
  if (facts.id !== truth.orderId || facts.provider !== truth.provider) {
    throw orderNotRebuilt('the facts in its metadata are of another order');
  }
  const productId = truth.kind === 'checkout' ? truth.productId : undefined;
  if (facts.providerProductId !== productId) throw orderNotRebuilt('another product was paid');
  return truth.kind === 'checkout' ? withUsedPage(orderFrom(facts), truth) : orderFrom(facts);
}

/** An order as it was placed. What a coupon takes off isn't counted as a use yet. */
export function orderFrom(facts: OrderFacts): UnpaidOrder {
  const { id, accountId, walletId, requestHash, createdAt, discount } = facts;
  const order = newOrder(draftFrom(facts), { id, accountId, walletId, requestHash }, createdAt);
  return discount ? { ...order, discount: { ...discount, isCounted: false } } : order;
}

const TOP_UP: TopUpProduct = { kind: 'topup', productKey: null };

function draftFrom(facts: OrderFacts): OrderDraft {
  const { productName, credits, unitAmountMinor, currency, provider, customerId, providerProductId } = facts;
  const sale = { productName, credits, unitAmountMinor, currency, provider, customerId };
  if (facts.method === 'invoice') {
    const { kind, method, productKey, daysUntilDue } = facts;
    return { ...sale, kind, method, productKey, daysUntilDue };
  }
  if (facts.method === 'checkout') {
    const product = facts.kind === 'topup' ? TOP_UP : { kind: facts.kind, productKey: facts.productKey };
    const page = { method: 'checkout', successUrl: null, cancelUrl: null } as const;
    return { ...sale, ...product, ...page, ...(providerProductId !== undefined && { providerProductId }) };
  }
  const { method } = facts;
  if (facts.kind === 'plan') return { ...sale, kind: facts.kind, productKey: facts.productKey, method };
  const product = facts.kind === 'topup' ? TOP_UP : { kind: facts.kind, productKey: facts.productKey };
  return { ...sale, ...product, method, direct: { paymentMethodId: facts.paymentMethodId, intentId: null } };
}

/** The order with the page on which it was paid. */
function withUsedPage(order: UnpaidOrder, { sessionId, discountMinor }: CheckoutTruth): UnpaidOrder {
  if (!isPageOrder(order)) return order;
  const { createdAt, discount } = order;
  // Nobody is sent to the page any more.
  const checkout = { sessionId, url: '', expiresAt: addSeconds(createdAt, PAGE_SECONDS) };
  // The provider may have rounded a percentage by one more or less; see openCheckout.
  const isRounded = discount && Math.abs(discount.amountMinor - discountMinor) <= 1;
  return { ...order, checkout, ...(isRounded && { discount: { ...discount, amountMinor: discountMinor } }) };
}
