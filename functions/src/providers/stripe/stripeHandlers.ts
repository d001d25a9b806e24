import { followCheckout } from '../../sales/checkout/followCheckout.ts';
import type { EventHandler } from '../../sales/incoming/eventTable.ts';
import { ignoreEvent, ignoreUnknown } from '../../sales/incoming/ignoreEvent.ts';
import type { EventMarker, HandledEvent } from '../../sales/incoming/incomingEvent.ts';
import { followReversal } from '../../sales/orders/followReversal.ts';
import { fulfillOrder } from '../../sales/orders/fulfillOrder.ts';
import { isCardOrder, type Order } from '../../sales/orders/order.ts';
import { readOrderFacts } from '../../sales/orders/orderFacts.ts';
import { ifThere } from '../../sales/payments/ifThere.ts';
import type { InvoiceTruth } from '../../sales/payments/invoiceProvider.ts';
import type { OrderTruth } from '../../sales/payments/orderTruth.ts';
import type { PaymentTruth } from '../../sales/payments/paymentProvider.ts';
import { followSubscription } from '../../sales/subscriptions/followSubscription.ts';
import type { StripeNeeds } from './needs.ts';
import type { StripeSubject } from './stripeEvent.ts';
import type { ReversalObject } from './stripeObjects.ts';

export type StripeHandler = EventHandler<StripeNeeds, StripeSubject>;

/** Makes a handler of events about one kind of object: fetches the object, and follows it if Stripe has it. */
function about<T>(
  fetch: (deps: StripeNeeds, objectId: string) => Promise<T>,
  follow: (deps: StripeNeeds, truth: T, event: EventMarker) => Promise<HandledEvent>,
): StripeHandler {
  return async (deps, { objectId }, event) => {
    if (objectId === null) return ignoreEvent(deps, event);
    const truth = await ifThere(fetch(deps, objectId));
    return truth === null ? ignoreUnknown(deps, event, objectId) : follow(deps, truth, event);
  };
}

const fetchPayment = (deps: StripeNeeds, paymentId: string) => deps.providers.stripe.payments.fetchPayment(paymentId);
const fetchInvoice = (deps: StripeNeeds, invoiceId: string) => deps.providers.stripe.invoices.fetchInvoice(invoiceId);

/** Returns the order that an object names; null if there is none. */
async function orderOf(deps: StripeNeeds, { orderId }: OrderTruth): Promise<Order | null> {
  return orderId === null ? null : deps.orders.find(orderId);
}

/** Handles an event about a checkout page. */
export const handlePage = about(
  (deps, sessionId) => deps.providers.stripe.checkouts.fetchCheckout(sessionId),
  async (deps, truth, event) => followCheckout(deps, 'stripe', truth, await orderOf(deps, truth), event),
);

/** Handles an event about a payment with a saved card; a payment on a page is followed by the events of its page. */
export const handleDirectPayment = about(fetchPayment, async (deps, truth, event) =>
  followIfDirect(deps, truth, await orderOf(deps, truth), event),
);

/** Handles an event about a declined payment, also on a page: Stripe sends no event about the page then. */
export const handleDecline = about(fetchPayment, async (deps, truth, event) => {
  const order = await orderOf(deps, truth);
  if (!order?.checkout) return followIfDirect(deps, truth, order, event);
  return fulfillOrder(deps, await deps.providers.stripe.checkouts.fetchCheckout(order.checkout.sessionId), event);
});

/** Follows a payment if it was made with a saved card; for a lost order, the sealed facts tell that. */
async function followIfDirect(
  deps: StripeNeeds,
  truth: PaymentTruth,
  order: Order | null,
  event: EventMarker,
): Promise<HandledEvent> {
  const isSealedDirect = () =>
    truth.orderId !== null && readOrderFacts(deps.seals, truth.metadata)?.paymentMethodId !== undefined;
  const isDirect = order ? isCardOrder(order) : isSealedDirect();
  return isDirect ? fulfillOrder(deps, truth, event) : ignoreEvent(deps, event);
}

/** Handles an event about an invoice: one that we sent, or the invoice of a page's payment or of a subscription. */
export const handleInvoice = about(fetchInvoice, async (deps, truth, event) =>
  followInvoiceOf(deps, truth, await orderOf(deps, truth), event),
);

/**
 * Handles an event about a paid invoice. Stripe creates the invoice of a page's payment late, so the order may have
 * been credited before, without the link to its invoice.
 */
export const handlePaidInvoice = about(fetchInvoice, async (deps, truth, event) => {
  const order = await orderOf(deps, truth);
  const isOfPage = !truth.subscription && order !== null && order.method !== 'invoice';
  if (!isOfPage || !order.checkout || order.receipt?.invoiceUrl) return followInvoiceOf(deps, truth, order, event);
  return fulfillOrder(deps, await deps.providers.stripe.checkouts.fetchCheckout(order.checkout.sessionId), event);
});

async function followInvoiceOf(
  deps: StripeNeeds,
  truth: InvoiceTruth,
  order: Order | null,
  event: EventMarker,
): Promise<HandledEvent> {
  if (truth.subscription) return followSubscription(deps, { provider: 'stripe', ...truth.subscription }, event);
  if (truth.orderId === null) return ignoreEvent(deps, event);
  const method = order ? order.method : readOrderFacts(deps.seals, truth.metadata)?.method;
  return method === 'invoice' ? fulfillOrder(deps, truth, event) : ignoreEvent(deps, event);
}

/** Handles an event about a subscription. */
export const handleSubscription = about(
  async (deps, providerSubscriptionId) => {
    const subscriptionId = await deps.stripeObjects.subscriptionReference(providerSubscriptionId);
    return { provider: 'stripe', providerSubscriptionId, subscriptionId } as const;
  },
  (deps, told, event) => followSubscription(deps, told, event),
);

/** Makes a handler of events about refunds and disputes, including won disputes and failed refunds. */
export function handleReversal(object: ReversalObject): StripeHandler {
  return about(
    async (deps, objectId) => ({ paymentId: await deps.stripeObjects.paymentBehind(object, objectId) }),
    (deps, { paymentId }, event) =>
      paymentId === null ? ignoreEvent(deps, event) : followReversal(deps, paymentId, event),
  );
}
