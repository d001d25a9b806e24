import { createHmac } from 'node:crypto';
import { type Reply, send } from './apiClient.ts';
import type { Person } from './people.ts';
import { CREEM_API_KEY, CREEM_URL, CREEM_WEBHOOK_SECRET, CREEM_WEBHOOK_URL, database } from './suite.ts';

interface LocalEvent {
  readonly id: string;
  readonly eventType: string;
  readonly created_at: number;
  readonly object: Record<string, unknown> & { readonly id: string };
}

/** Sends a request to the local Creem's control endpoints. */
export function creemControl(path: string, body: Record<string, unknown>): Promise<Reply> {
  return send('POST', `/_local/${path}`, { body }, CREEM_URL);
}

/** Resumes webhooks and ends all deliberate failures. Call it after each test that changed either. */
export async function resetLocalCreem(): Promise<void> {
  (await creemControl('webhooks', { reset: true })).expect(200);
  (await creemControl('faults', { clear: true })).expect(200);
}

/** Waits until the local Creem has delivered all its events. */
export async function creemDelivered(): Promise<void> {
  (await creemControl('webhooks/flush', { timeoutMs: 60_000 })).expect(200);
}

/** Runs an action without delivering its webhooks. */
export async function unheard<T>(action: () => Promise<T>): Promise<T> {
  (await creemControl('webhooks', { drop: true })).expect(200);
  const result = await action();
  (await creemControl('webhooks', { reset: true })).expect(200);
  return result;
}

/** Submits Creem's page as a person does. Returns the page's answer. */
export function onCreemPage(url: string, outcome: string, fields: Record<string, string> = {}): Promise<Reply> {
  const rawBody = String(new URLSearchParams({ outcome, ...fields }));
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return send('POST', new URL(url).pathname, { headers, rawBody }, CREEM_URL);
}

export interface CreemOrder {
  readonly orderId: string;
  readonly sessionId: string;
  readonly url: string;
}

/** Orders a pack or a plan through Creem. */
export async function creemOrder(person: Person, body: Record<string, unknown> = {}): Promise<CreemOrder> {
  const what = 'planSlug' in body ? {} : { pack: 'starter' };
  const options = { body: { ...what, provider: 'creem', ...body } };
  return (await person.send('POST', '/billing/checkout', options)).expect(201).data;
}

/** Orders and pays, and waits until the backend has received the events. */
export async function creemOrderPaid(person: Person, body: Record<string, unknown> = {}): Promise<CreemOrder> {
  const started = await creemOrder(person, body);
  (await onCreemPage(started.url, 'pay')).expect(303);
  await creemDelivered();
  return started;
}

/** Reads an object at Creem, with the backend's API key. */
export async function atCreem(path: string) {
  return (await send('GET', path, { headers: { 'x-api-key': CREEM_API_KEY } }, CREEM_URL)).expect(200).json;
}

/** Returns the local Creem's event of a type about an object. */
export async function creemEventOf(type: string, objectId: string): Promise<LocalEvent> {
  const { events } = (await send('GET', '/_local/events', {}, CREEM_URL)).expect(200).json;
  const found = events.findLast(
    ({ eventType, object }: LocalEvent) => eventType === type && JSON.stringify(object).includes(`"${objectId}"`),
  );
  if (!found) throw new Error(`no event ${type} of ${objectId}`);
  return found;
}

/** Posts an event to the webhook function, with Creem's signature unless the options say otherwise. */
export function postCreemEvent(
  event: object | string,
  options: { secret?: string; signature?: string | null; sentBody?: string; baseUrl?: string } = {},
): Promise<Reply> {
  const payload = typeof event === 'string' ? event : JSON.stringify(event);
  const signature =
    options.signature === undefined
      ? createHmac('sha256', options.secret ?? CREEM_WEBHOOK_SECRET)
          .update(payload)
          .digest('hex')
      : options.signature;
  const headers: Record<string, string> = signature === null ? {} : { 'creem-signature': signature };
  const rawBody = options.sentBody ?? payload;
  return send('POST', '', { headers, rawBody }, options.baseUrl ?? CREEM_WEBHOOK_URL);
}

/** Returns true when an event has been marked as handled. */
export async function isCreemMarked(eventId: string): Promise<boolean> {
  return (await database().doc(`webhookEvents/creem_${eventId}`).get()).exists;
}
