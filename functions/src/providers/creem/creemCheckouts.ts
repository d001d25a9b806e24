import { addSeconds, type Clock } from '@cloud-bridge/base';
import { isOrderId } from '../../sales/orders/order.ts';
import type { CheckoutState, OrderReceipt } from '../../sales/payments/payment.ts';
import type {
  Checkout,
  CheckoutProvider,
  CheckoutRequest,
  CheckoutTruth,
} from '../../sales/payments/paymentProvider.ts';
import { isProviderRefusal, providerLost, providerRefused } from '../../sales/payments/payments.errors.ts';
import { type CreemCheckout, checkoutSchema, customerSchema } from './creem.schemas.ts';
import type { CreemClient } from './creemClient.ts';
import { currencyOf, fetchProduct, mayHaveCustomPrice, type ProductDemand, requireProduct } from './creemProducts.ts';

/** Seconds after which an unpaid checkout expires here; Creem doesn't say how long a checkout can be paid. */
const OPEN_SECONDS = 24 * 60 * 60;

/** A request for a checkout of a pack or plan. Creem returns `metadata` with each checkout, subscription and event. */
interface PageRequest {
  readonly orderId: string;
  readonly productId: string | null;
  readonly customerId: string | null;
  readonly email: string | null;
  readonly successUrl: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Creem's checkout pages: opens pages for packs and plans, and reads those for packs. */
export class CreemCheckouts implements CheckoutProvider {
  readonly #client: CreemClient;
  readonly #clock: Clock;

  constructor(client: CreemClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  createCheckout(request: CheckoutRequest): Promise<Checkout> {
    const { orderId, accountId, unitAmountMinor, currency, seal } = request;
    const demand = { billing: 'onetime', billingPeriod: null, currency, unitAmountMinor } as const;
    return openPage(this.#client, this.#clock, { ...request, metadata: { orderId, accountId, ...seal } }, demand);
  }

  async fetchCheckout(sessionId: string): Promise<CheckoutTruth> {
    const checkout = await this.#client.get('/v1/checkouts', { checkout_id: sessionId }, { schema: checkoutSchema });
    const { product, order } = checkout;
    const sold = typeof product === 'string' ? await fetchProduct(this.#client, product) : product;
    return {
      kind: 'checkout',
      provider: 'creem',
      sessionId: checkout.id,
      orderId: orderIdOf(checkout),
      metadata: checkout.metadata,
      productId: sold.id,
      providerSubscriptionId: checkout.subscription ?? null,
      unitAmountMinor: unitAmountOf(checkout, sold),
      // A discount that the merchant gives at Creem lowers the payment, but doesn't change the order.
      discountMinor: 0,
      currency: currencyOf(order ?? sold),
      state: checkoutState(checkout),
      receipt: receiptOf(checkout),
      customerId: checkout.customer ?? null,
    };
  }

  /** Does nothing, because Creem can't close a page. A later payment on the page is credited. */
  async closeCheckout(): Promise<void> {}
}

/**
 * Opens a page for an order, if Creem's product fits the order.
 * @throws CREEM_PRODUCT_MISMATCH, PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function openPage(
  client: CreemClient,
  clock: Clock,
  { orderId, productId, customerId, email, successUrl, metadata }: PageRequest,
  demand: ProductDemand,
): Promise<Checkout> {
  if (productId === null) throw new Error(`order ${orderId} has no product at Creem`);
  await requireProduct(client, productId, demand);
  const body = {
    request_id: orderId,
    product_id: productId,
    ...(mayHaveCustomPrice(demand) && { custom_price: demand.unitAmountMinor }),
    ...(email !== null ? { customer: { email } } : customerId !== null && { customer: { id: customerId } }),
    success_url: successUrl,
    metadata,
  };
  const checkout = await open(client, body, email === null ? customerId : null);
  if (!checkout.checkout_url) throw providerRefused(new Error(`checkout ${checkout.id} has no url`));
  return {
    sessionId: checkout.id,
    url: checkout.checkout_url,
    expiresAt: addSeconds(clock(), OPEN_SECONDS),
    discountMinor: 0,
  };
}

/**
 * Opens a page. Creem's refusal doesn't say whether the customer is its reason, so a refusal checks the customer.
 * @param customerId the customer in the body; null if the body has none
 */
async function open(client: CreemClient, body: object, customerId: string | null): Promise<CreemCheckout> {
  try {
    return await client.post('/v1/checkouts', body, { schema: checkoutSchema });
  } catch (error) {
    if (customerId !== null && isProviderRefusal(error)) await requireCustomer(client, customerId);
    throw error;
  }
}

/** Throws a "lost customer" error if Creem doesn't have the customer any more. */
async function requireCustomer(client: CreemClient, customerId: string): Promise<void> {
  const refused = (cause: Error) => providerLost('customer', cause);
  await client.get('/v1/customers', { customer_id: customerId }, { schema: customerSchema, refused });
}

/** Returns the id of the order that a checkout was opened for; null if the checkout isn't ours. */
export function orderIdOf({ request_id, metadata }: Pick<CreemCheckout, 'request_id' | 'metadata'>): string | null {
  const candidates = [request_id, metadata?.orderId];
  return candidates.find((id): id is string => typeof id === 'string' && isOrderId(id)) ?? null;
}

/** Returns the price of one unit on a checkout's page; null if the page sells several units. */
function unitAmountOf({ units, custom_price, order }: CreemCheckout, { price }: { price: number }): number | null {
  if ((units ?? 1) !== 1) return null;
  return custom_price ?? order?.amount ?? price;
}

/** Translates the state of a checkout. */
export function checkoutState({ id, status, order }: CreemCheckout): CheckoutState {
  const lastPaymentError = null;
  if (status === 'expired') return { status: 'expired', lastPaymentError };
  // A free checkout has no transaction, so the checkout's id stands for the payment.
  if (status === 'completed' && order?.status === 'paid') return { status: 'paid', paymentId: order.transaction ?? id };
  return { status: status === 'pending' ? 'open' : 'processing', lastPaymentError };
}

function receiptOf({ order }: CreemCheckout): OrderReceipt | null {
  if (order?.status !== 'paid') return null;
  const taxAmountMinor = order.tax_amount ?? 0;
  return { invoiceUrl: null, receiptUrl: null, paidAmountMinor: order.amount_paid ?? order.amount, taxAmountMinor };
}
