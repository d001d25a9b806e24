import { randomBytes } from 'node:crypto';
import Stripe from 'stripe';
import type { Reply } from './apiClient.ts';
import { send } from './apiClient.ts';
import type { Person } from './people.ts';
import { database, STRIPE_SECRET_KEY, STRIPE_URL, STRIPE_WEBHOOK_SECRET, STRIPE_WEBHOOK_URL } from './suite.ts';

/** What a customer can do on the Checkout page. */
export type Outcome = 'pay' | 'decline' | 'authenticate' | 'delayed' | 'cancel';

const { hostname: host, port } = new URL(STRIPE_URL);

/** The official client, for checks at Stripe. */
export const stripe = new Stripe(STRIPE_SECRET_KEY, { host, port: Number(port), protocol: 'http' });

/** Submits the Checkout page as a person does. Returns the page's answer. */
export function onCheckoutPage(
  checkoutUrl: string,
  outcome: Outcome,
  fields: Record<string, string> = {},
): Promise<Reply> {
  const rawBody = String(new URLSearchParams({ outcome, ...fields }));
  return send(
    'POST',
    new URL(checkoutUrl).pathname,
    { headers: { 'content-type': 'application/x-www-form-urlencoded' }, rawBody },
    STRIPE_URL,
  );
}

/** Waits until the local Stripe has delivered all its events. */
export async function allWebhooksDelivered(): Promise<void> {
  (await control('/_local/webhooks/flush', { timeoutMs: 60_000 })).expect(200);
}

/** Sends a request to the local Stripe's control endpoints. */
export function control(path: string, body: Record<string, unknown>): Promise<Reply> {
  return send('POST', path, { body }, STRIPE_URL);
}

/** Resumes webhooks and ends all deliberate failures. Call it after each test that changed either. */
export async function resetLocalStripe(): Promise<void> {
  (await control('/_local/webhooks', { reset: true })).expect(200);
  (await control('/_local/faults', { clear: true })).expect(200);
}

export interface StartedOrder {
  readonly orderId: string;
  readonly sessionId: string;
  readonly url: string;
}

/** Orders a pack. */
export async function order(person: Person, pack = 'starter', currency = 'usd'): Promise<StartedOrder> {
  return (await person.send('POST', '/billing/checkout', { body: { pack, currency } })).expect(201).data;
}

/** Orders a pack, submits the Checkout page, and waits until the backend has received the events. */
export async function orderAnd(person: Person, outcome: Outcome, pack = 'starter'): Promise<StartedOrder> {
  const started = await order(person, pack);
  await onCheckoutPage(started.url, outcome);
  await allWebhooksDelivered();
  return started;
}

/** Returns an order as its owner sees it. */
export async function orderOf(person: Person, orderId: string) {
  return (await person.send('GET', `/billing/orders/${orderId}`)).expect(200).data;
}

/** Posts an event to the webhook function, with Stripe's signature unless the options say otherwise. */
export async function postEvent(
  event: Record<string, unknown> | string,
  options: { secret?: string; ageSeconds?: number; signature?: string | null; sentBody?: string } = {},
): Promise<Reply> {
  const payload = typeof event === 'string' ? event : JSON.stringify(event);
  const timestamp = Math.floor(Date.now() / 1000) - (options.ageSeconds ?? 0);
  const signature =
    options.signature === undefined
      ? stripe.webhooks.generateTestHeaderString({
          payload,
          secret: options.secret ?? STRIPE_WEBHOOK_SECRET,
          timestamp,
        })
      : options.signature;
  const headers: Record<string, string> = signature === null ? {} : { 'stripe-signature': signature };
  return send('POST', '', { headers, rawBody: options.sentBody ?? payload }, STRIPE_WEBHOOK_URL);
}

/** Returns the local Stripe's event of a type about an object. */
export async function eventOf(type: string, objectId: string): Promise<Stripe.Event> {
  const { data } = await stripe.events.list({ type, limit: 100 });
  const event = data.find((candidate) => (candidate.data.object as { id?: string }).id === objectId);
  if (!event) throw new Error(`no event ${type} of ${objectId}`);
  return event;
}

/** Returns a new event id. */
export function newEventId(): string {
  return `evt_${randomBytes(12).toString('hex')}`;
}

/** Returns true when an event has been marked as handled. */
export async function isMarked(eventId: string): Promise<boolean> {
  return (await database().doc(`webhookEvents/stripe_${eventId}`).get()).exists;
}
