/**
 * An event of Stripe's as far as it is believed: which object it is about. What else it says is in the words of the API
 * version that the endpoint was made with, and older than the object.
 */
export interface StripeEvent {
  readonly id: string;
  readonly type: string;
  readonly data: { readonly object: unknown };
}

/** The id of the object that an event is about; null for one that doesn't say. It becomes a part of a path. Pure. */
export function objectIdOf({ data }: StripeEvent): string | null {
  const { id } = data.object as { id?: unknown };
  return typeof id === 'string' && /^\w{1,255}$/.test(id) ? id : null;
}

/** An event that says no more than which object it is about. Pure. */
export function eventAbout(id: string, type: string, objectId: string | null): StripeEvent {
  return { id, type, data: { object: objectId === null ? {} : { id: objectId } } };
}
