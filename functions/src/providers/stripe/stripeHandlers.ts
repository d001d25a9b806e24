import { followCheckout } from '../../sales/checkout/followCheckout.ts';
import type { EventHandler } from '../../sales/incoming/eventTable.ts';
import { ignoreEvent, ignoreUnknown } from '../../sales/incoming/ignoreEvent.ts';
import type { EventMarker, HandledEvent } from '../../sales/incoming/incomingEvent.ts';
import { followPayment } from '../../sales/orders/followPayment.ts';
import { fulfilCheckout } from '../../sales/orders/fulfilCheckout.ts';
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

/** Handles events about objects of one kind: fetches the object, and follows it if Stripe has it. */
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

/** The order that an object names; null for one that isn't there. */
async function orderOf(deps: StripeNeeds, { orderId }: OrderTruth): Promise<Order | null> {
  return orderId === null ? null : deps.orders.find(orderId);
}

/** A page on which somebody pays. */
export const handlePage = about(
  (deps, sessionId) => deps.providers.stripe.checkouts.fetchCheckout(sessionId),
  async (deps, truth, event) => followCheckout(deps, 'stripe', truth, await orderOf(deps, truth), event),
);

/** A payment. Of a page's payment the events of the page tell. */
export const handleDirectPayment = about(fetchPayment, async (deps, truth, event) =>
  followIfDirect(deps, truth, await orderOf(deps, truth), event),
);

/** A payment that was declined: when that happens on a page, no event of the page tells of it. */
export const handleDecline = about(fetchPayment, async (deps, truth, event) => {
  const order = await orderOf(deps, truth);
  if (!order?.checkout) return followIfDirect(deps, truth, order, event);
  return fulfilCheckout(deps, await deps.providers.stripe.checkouts.fetchCheckout(order.checkout.sessionId), event);
});

/** Only a payment with a saved method has no page; the one of a lost order says so under its seal. */
async function followIfDirect(
  deps: StripeNeeds,
  truth: PaymentTruth,
  order: Order | null,
  event: EventMarker,
): Promise<HandledEvent> {
  const isSealedDirect = () =>
    truth.orderId !== null && readOrderFacts(deps.seals, truth.metadata)?.paymentMethodId !== undefined;
  const isDirect = order ? isCardOrder(order) : isSealedDirect();
  return isDirect ? fulfilCheckout(deps, truth, event) : ignoreEvent(deps, event);
}

/** An invoice: one that we sent, one of a page's payment, or one of a subscription. */
export const handleInvoice = about(fetchInvoice, async (deps, truth, event) =>
  followInvoiceOf(deps, truth, await orderOf(deps, truth), event),
);

/** A paid invoice. Stripe makes the invoice of a page's payment late: the order may have been credited before. */
export const handlePaidInvoice = about(fetchInvoice, async (deps, truth, event) => {
  const order = await orderOf(deps, truth);
  const isOfPage = !truth.subscription && order !== null && order.method !== 'invoice';
  if (!isOfPage || !order.checkout || order.receipt?.invoiceUrl) return followInvoiceOf(deps, truth, order, event);
  return fulfilCheckout(deps, await deps.providers.stripe.checkouts.fetchCheckout(order.checkout.sessionId), event);
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
  return method === 'invoice' ? fulfilCheckout(deps, truth, event) : ignoreEvent(deps, event);
}

/** A subscription. */
export const handleSubscription = about(
  async (deps, providerSubscriptionId) => {
    const subscriptionId = await deps.stripeObjects.subscriptionReference(providerSubscriptionId);
    return { provider: 'stripe', providerSubscriptionId, subscriptionId } as const;
  },
  (deps, told, event) => followSubscription(deps, told, event),
);

/** Something that tells of money going back, or coming back after all. */
export function handleReversal(object: ReversalObject): StripeHandler {
  return about(
    async (deps, objectId) => ({ paymentId: await deps.stripeObjects.paymentBehind(object, objectId) }),
    (deps, { paymentId }, event) =>
      paymentId === null ? ignoreEvent(deps, event) : followPayment(deps, paymentId, event),
  );
}
