/**
 * An event of Stripe's as far as it is believed: which object it is about. What else it says is in the words of the API
 * version that the endpoint was made with, and older than the object.
 */
export interface StripeEvent {
  readonly id: string;
  readonly type: string;
  readonly data: { readonly object: unknown };
}

/** What an event is about: the id of the object, which becomes a part of a path; null for an event without one. */
export type StripeSubject = Readonly<Record<'objectId', string | null>>;

/** What an event is about. Pure. */
export function subjectOf({ data }: StripeEvent): StripeSubject {
  const { id } = data.object as { id?: unknown };
  return { objectId: typeof id === 'string' && /^\w{1,255}$/.test(id) ? id : null };
}

/** An event that says no more than which object it is about. Pure. */
export function eventAbout(id: string, type: string, objectId: string | null): StripeEvent {
  return { id, type, data: { object: objectId === null ? {} : { id: objectId } } };
}
