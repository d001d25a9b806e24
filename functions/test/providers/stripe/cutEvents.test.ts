import { HANDLED_EVENT_TYPES } from '../../../src/providers/stripe/handleStripeEvent.ts';
import { saveCard } from '../../support/cards.ts';
import { allowInvoicing } from '../../support/invoicing.ts';
import { newAdmin, newPerson, type Person } from '../../support/people.ts';
import {
  allWebhooksDelivered,
  control,
  newEventId,
  onCheckoutPage,
  order,
  postEvent,
  resetLocalStripe,
  stripe,
} from '../../support/stripeControl.ts';
import { database } from '../../support/suite.ts';

/** The object of an event, and the expected order after the event. */
interface Happening {
  readonly object: string;
  readonly objectId: string;
  readonly orderId: string;
  readonly status: string;
}

let admin: Person;
let person: Person;
beforeAll(async () => {
  admin = await newAdmin();
});
beforeEach(async () => {
  person = await newPerson();
});
afterEach(resetLocalStripe);

const stored = async (path: string) => (await database().doc(path).get()).data();
const paymentOf = async (orderId: string): Promise<string> => (await stored(`orders/${orderId}`))?.paymentId;

/** Stops the delivery of events to the backend. */
async function unheard(): Promise<void> {
  await allWebhooksDelivered();
  (await control('/_local/webhooks', { drop: true })).expect(200);
}

async function session(outcome: 'pay' | 'decline' | 'delayed', action: string | null, status: string) {
  await unheard();
  const { sessionId, orderId, url } = await order(person);
  await onCheckoutPage(url, outcome);
  if (action) (await control(`/_local/payments/${sessionId}`, { action })).expect(200);
  return { object: 'checkout.session', objectId: sessionId, orderId, status };
}

async function expiredSession(): Promise<Happening> {
  await unheard();
  const { sessionId, orderId } = await order(person);
  await stripe.checkout.sessions.expire(sessionId);
  return { object: 'checkout.session', objectId: sessionId, orderId, status: 'expired' };
}

/** Creates a payment with a saved card that waits for the cardholder. */
async function waitingPayment(status: string, move: (id: string) => Promise<unknown>): Promise<Happening> {
  await saveCard(person, 'pm_card_authenticationRequired');
  await unheard();
  const body = { amount: 20, method: 'stripe_direct' };
  const { details } = (await person.send('POST', '/billing/topup', { body })).expect(402).json.error;
  const objectId = (await stored(`orders/${details.orderId}`))?.direct.intentId;
  await move(objectId);
  return { object: 'payment_intent', objectId, orderId: details.orderId, status };
}

const paid = (id: string) => stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
const nothing = async () => {};

async function declinedPayment(): Promise<Happening> {
  const { orderId, objectId: sessionId } = await session('decline', null, 'pending');
  const { payment_intent: payment } = await stripe.checkout.sessions.retrieve(sessionId);
  return { object: 'payment_intent', objectId: String(payment), orderId, status: 'pending' };
}

async function sentInvoice(status: string, move: (id: string) => Promise<unknown>): Promise<Happening> {
  await allowInvoicing(person.accountId, admin);
  await unheard();
  const { orderId } = (await person.send('POST', '/billing/invoices', { body: { amount: 500 } })).expect(201).data;
  const objectId = (await stored(`orders/${orderId}`))?.invoice.invoiceId;
  await move(objectId);
  return { object: 'invoice', objectId, orderId, status };
}

/**
 * Pays a plan on its page without events to the backend. Returns the ids of the subscription and its first invoice.
 */
async function paidPlan() {
  await unheard();
  const { url, orderId, sessionId } = (
    await person.send('POST', '/billing/checkout', { body: { planSlug: 'team' } })
  ).expect(201).data;
  await onCheckoutPage(url, 'pay');
  const { subscription, invoice } = await stripe.checkout.sessions.retrieve(sessionId);
  return { subscriptionId: String(subscription), invoiceId: String(invoice), orderId };
}

async function subscription(): Promise<Happening> {
  const { subscriptionId, orderId } = await paidPlan();
  return { object: 'subscription', objectId: subscriptionId, orderId, status: 'paid' };
}

async function invoiceOfPlan(): Promise<Happening> {
  const { invoiceId, orderId } = await paidPlan();
  return { object: 'invoice', objectId: invoiceId, orderId, status: 'paid' };
}

/** Creates an order that the backend knows as paid, and then changes its payment. */
async function reversed(
  object: string,
  status: string,
  move: (paymentId: string) => Promise<string>,
): Promise<Happening> {
  const { url, orderId } = await order(person);
  await onCheckoutPage(url, 'pay');
  await unheard();
  const objectId = await move(await paymentOf(orderId));
  return { object, objectId, orderId, status };
}

const refunded = async (payment_intent: string) => (await stripe.refunds.create({ payment_intent })).id;
const chargeRefunded = async (id: string) => {
  await refunded(id);
  return String((await stripe.paymentIntents.retrieve(id)).latest_charge);
};
const disputed = async (id: string): Promise<string> =>
  (await control(`/_local/payments/${id}`, { action: 'dispute' })).expect(200).json.dispute;
const disputeLost = async (id: string) => {
  const disputeId = await disputed(id);
  (await control(`/_local/payments/${id}`, { action: 'loseDispute' })).expect(200);
  return disputeId;
};
const disputeWon = async (id: string) => {
  const disputeId = await disputed(id);
  (await control(`/_local/payments/${id}`, { action: 'winDispute' })).expect(200);
  return disputeId;
};

/** A case for each handled event type. Add a case for each new type. */
const HAPPENINGS: Readonly<Record<(typeof HANDLED_EVENT_TYPES)[number], () => Promise<Happening>>> = {
  'checkout.session.completed': () => session('pay', null, 'paid'),
  'checkout.session.async_payment_succeeded': () => session('delayed', 'settle', 'paid'),
  'checkout.session.async_payment_failed': () => session('delayed', 'fail', 'failed'),
  'checkout.session.expired': expiredSession,
  'payment_intent.succeeded': () => waitingPayment('paid', paid),
  'payment_intent.processing': () => waitingPayment('pending', nothing),
  'payment_intent.requires_action': () => waitingPayment('pending', nothing),
  'payment_intent.payment_failed': declinedPayment,
  'payment_intent.canceled': () => waitingPayment('canceled', (id) => stripe.paymentIntents.cancel(id)),
  'invoice.finalized': () => sentInvoice('pending', nothing),
  'invoice.overdue': () => sentInvoice('pending', nothing),
  'invoice.paid': invoiceOfPlan,
  'invoice.payment_failed': invoiceOfPlan,
  'invoice.payment_action_required': invoiceOfPlan,
  'invoice.voided': () => sentInvoice('canceled', (id) => stripe.invoices.voidInvoice(id)),
  'invoice.marked_uncollectible': () => sentInvoice('pending', (id) => stripe.invoices.markUncollectible(id)),
  'customer.subscription.created': subscription,
  'customer.subscription.updated': subscription,
  'customer.subscription.deleted': subscription,
  'charge.refunded': () => reversed('charge', 'refunded', chargeRefunded),
  'refund.created': () => reversed('refund', 'refunded', refunded),
  'refund.updated': () => reversed('refund', 'refunded', refunded),
  'refund.failed': () => reversed('refund', 'refunded', refunded),
  'charge.dispute.created': () => reversed('dispute', 'disputed', disputed),
  'charge.dispute.updated': () => reversed('dispute', 'disputed', disputed),
  'charge.dispute.closed': () => reversed('dispute', 'disputed', disputeLost),
  'charge.dispute.funds_withdrawn': () => reversed('dispute', 'disputed', disputed),
  'charge.dispute.funds_reinstated': () => reversed('dispute', 'paid', disputeWon),
};

it.each(HANDLED_EVENT_TYPES)('%s needs no more than the id of its object', async (type) => {
  const { object, objectId, orderId, status } = await HAPPENINGS[type]();
  const event = { id: newEventId(), type, data: { object: { id: objectId, object } } };
  expect((await postEvent(event)).expect(200).json).toEqual({ received: true, duplicate: false });
  expect(await stored(`webhookEvents/stripe_${event.id}`)).toMatchObject({ outcome: 'handled', orderId });
  expect(await stored(`orders/${orderId}`)).toMatchObject({ status });
});

it('such an event also credits a paid invoice that we have sent', async () => {
  const { objectId, orderId } = await sentInvoice('paid', (id) => stripe.invoices.pay(id, { paid_out_of_band: true }));
  const event = { id: newEventId(), type: 'invoice.paid', data: { object: { id: objectId, object: 'invoice' } } };
  (await postEvent(event)).expect(200);
  expect(await stored(`orders/${orderId}`)).toMatchObject({ status: 'paid' });
});

it("only the id of an event's object counts, not its other fields", async () => {
  const { objectId, orderId } = await session('decline', null, 'pending');
  const other = await order(person);
  const lies = { payment_status: 'paid', status: 'complete', metadata: { orderId: other.orderId }, mode: 'payment' };
  const event = { id: newEventId(), type: 'checkout.session.completed', data: { object: { id: objectId, ...lies } } };
  (await postEvent(event)).expect(200);
  expect(await stored(`orders/${orderId}`)).toMatchObject({ status: 'pending' });
  expect(await stored(`orders/${other.orderId}`)).toMatchObject({ status: 'pending' });
  expect(await stored(`webhookEvents/stripe_${event.id}`)).toMatchObject({ orderId });
});

it.each(HANDLED_EVENT_TYPES)('%s about something that Stripe does not have is ignored', async (type) => {
  const event = { id: newEventId(), type, data: { object: { id: 'nobody_knows', object: 'x' } } };
  (await postEvent(event)).expect(200);
  expect(await stored(`webhookEvents/stripe_${event.id}`)).toMatchObject({ outcome: 'ignored', orderId: null });
});
