import { addSeconds } from '@cloud-bridge/base';
import type { OrderTruth } from '../payments/orderTruth.ts';
import type { CheckoutTruth } from '../payments/paymentProvider.ts';
import { orderNotRebuilt } from '../seals/seals.errors.ts';
import type { Seals } from '../seals/seals.ts';
import { isPageOrder, type TopUpProduct, type UnpaidOrder } from './order.ts';
import { type OrderFacts, readOrderFacts } from './orderFacts.ts';
import { newOrder, type OrderDraft } from './placeOrder.ts';

/** Seconds for which a provider's payment page stays open at most. */
const PAGE_SECONDS = 24 * 60 * 60;

/**
 * Rebuilds a lost order, as it was before payment, from the sealed facts in the payment's metadata. Returns null for a
 * payment of another deployment and for a payment that isn't paid or processing. Callers have looked for the order
 * before, and not found it. Returns null for a plan's order as well, because it is rebuilt with its subscription. Pure.
 * @throws ORDER_NOT_REBUILT for metadata that names this deployment but is forged, incomplete, or of another order or
 *   product
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

/** Returns an order as it was placed. The use of its coupon isn't counted yet. */
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

/** Returns the order with the page on which it was paid. */
function withUsedPage(order: UnpaidOrder, { sessionId, discountMinor }: CheckoutTruth): UnpaidOrder {
  if (!isPageOrder(order)) return order;
  const { createdAt, discount } = order;
  // The page has been used, so no customer is sent there again.
  const checkout = { sessionId, url: '', expiresAt: addSeconds(createdAt, PAGE_SECONDS) };
  // The provider may have rounded a percentage differently by one minor unit; see `discountAsCharged` in orderPage.ts.
  const isRounded = discount && Math.abs(discount.amountMinor - discountMinor) <= 1;
  return { ...order, checkout, ...(isRounded && { discount: { ...discount, amountMinor: discountMinor } }) };
}
