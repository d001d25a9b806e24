import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { entryFor } from '../../sales/incoming/eventTable.ts';
import { isSubscriptionId } from '../../sales/subscriptions/subscription.ts';

/**
 * The ids of the objects that an event is about. Nothing else of an event is stored, because the rest is fetched.
 * `reversedTransactionId` is a refunded or disputed payment; `subscriptionId` is our id, null if the event lacks it.
 */
export type CreemSubject = Readonly<
  Record<'checkoutId' | 'reversedTransactionId' | 'providerSubscriptionId' | 'subscriptionId', string | null>
>;

/** The parts of a Creem event that are used. */
export interface CreemEvent {
  readonly id: string;
  readonly type: string;
  readonly subject: CreemSubject;
}

const identified = z.object({ id: z.string(), metadata: z.record(z.string(), z.unknown()).nullish() });
const related = z.union([z.string().transform((id) => ({ id, metadata: undefined })), identified]).nullish();

const eventSchema = z.object({
  id: z.string().regex(/^[A-Za-z0-9]\w{0,199}$/),
  eventType: z.string().min(1).max(200),
  object: z.looseObject({}),
});
const reversalSubject = z.object({
  transaction: z.union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)]),
  checkout: related,
  subscription: related,
});

/** Parses an event from a signed body; returns null if the body is no event. */
export function parseEvent(text: string): CreemEvent | null {
  const { data } = eventSchema.safeParse(parseJson(text));
  return data ? { id: data.id, type: data.eventType, subject: subjectOf(data.eventType, data.object) } : null;
}

const NOTHING: CreemSubject = {
  checkoutId: null,
  reversedTransactionId: null,
  providerSubscriptionId: null,
  subscriptionId: null,
};

/** Reads the subject from an event's object, by the type of event. */
const SUBJECTS = {
  'checkout.completed': (object: unknown) => ({
    ...NOTHING,
    checkoutId: idLike(identified.safeParse(object).data?.id),
  }),
  'subscription.*': (object: unknown) => ({ ...NOTHING, ...subscriptionIn(identified.safeParse(object).data) }),
  'refund.created': reversalIn,
  'dispute.created': reversalIn,
} as const;

/** The types of events that have a subject; each of them has a handler. */
export type CreemEventType = keyof typeof SUBJECTS;

function subjectOf(type: string, object: unknown): CreemSubject {
  return entryFor<(object: unknown) => CreemSubject>(SUBJECTS, type)?.(object) ?? NOTHING;
}

function reversalIn(object: unknown): CreemSubject {
  const { data } = reversalSubject.safeParse(object);
  return {
    ...subscriptionIn(data?.subscription),
    checkoutId: idLike(data?.checkout?.id),
    reversedTransactionId: idLike(data?.transaction),
  };
}

function subscriptionIn(found: z.output<typeof related>) {
  const own = found?.metadata?.subscriptionId;
  return {
    providerSubscriptionId: idLike(found?.id),
    subscriptionId: typeof own === 'string' && isSubscriptionId(own) ? own : null,
  };
}

/** Returns a text if it looks like an id, else null: ids become parts of queries and documents. */
function idLike(text: string | undefined): string | null {
  return text !== undefined && /^[A-Za-z0-9]+_\w{1,200}$/.test(text) ? text : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Returns true if a body was signed with one of the secrets; two are valid while a secret is being rotated. Only the
 * body is signed, without a time. Replaying an old event does no harm, because each event takes effect once.
 */
export function isSigned(body: Uint8Array, signature: string, secrets: readonly string[]): boolean {
  // Creem's official package accepts signatures with and without the name of the algorithm.
  const digits = signature.replace(/^sha256=/, '');
  if (!/^[0-9a-f]{64}$/i.test(digits)) return false;
  const given = Buffer.from(digits, 'hex');
  return secrets.some((secret) => timingSafeEqual(createHmac('sha256', secret).update(body).digest(), given));
}
