/**
 * The parts of a Stripe event that are used. Of `data.object` only the id is read: the rest has the format of the API
 * version with which the endpoint was created, and is older than the object itself.
 */
export interface StripeEvent {
  readonly id: string;
  readonly type: string;
  readonly data: { readonly object: unknown };
}

/** The id of the object that an event is about; null for an event without an object. The id becomes part of a path. */
export type StripeSubject = Readonly<Record<'objectId', string | null>>;

/** Returns the subject of an event. */
export function subjectOf({ data }: StripeEvent): StripeSubject {
  const { id } = data.object as { id?: unknown };
  return { objectId: typeof id === 'string' && /^\w{1,255}$/.test(id) ? id : null };
}

/** Creates an event with an object that has only an id. */
export function eventAbout(id: string, type: string, objectId: string | null): StripeEvent {
  return { id, type, data: { object: objectId === null ? {} : { id: objectId } } };
}
