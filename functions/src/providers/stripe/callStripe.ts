import { type AppError, idempotencyKeyReused, requestHash } from '@cloud-bridge/base';
import Stripe from 'stripe';
import { hasCode } from '../../platform/errors/refusal.ts';
import {
  type Losable,
  providerLost,
  providerRefused,
  providerThrottled,
  providerUnavailable,
} from '../../sales/payments/payments.errors.ts';

/**
 * Calls Stripe and translates its errors, after the SDK's retries.
 * @param refused makes the error for a refusal
 * @throws PAYMENT_PROVIDER_REFUSED if Stripe refuses (unless `refused` makes another error),
 *   PAYMENT_PROVIDER_UNAVAILABLE if Stripe doesn't answer or is still working on the same idempotency key,
 *   IDEMPOTENCY_KEY_REUSED if Stripe knows the idempotency key with other parameters
 */
export async function callStripe<T>(
  call: () => Promise<T>,
  refused: (cause: unknown) => AppError = providerErrorOf,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (hasCode(error)) throw error;
    const isThrottled = error instanceof Stripe.errors.StripeError && error.statusCode === 429;
    if (isThrottled) throw providerThrottled(error, error.headers?.['retry-after']);
    // Stripe is still working on a request with the same idempotency key, so its outcome isn't known yet.
    const isUnderWay = error instanceof Stripe.errors.StripeError && error.statusCode === 409;
    if (isUnderWay) throw providerUnavailable(error);
    if (error instanceof Stripe.errors.StripeIdempotencyError) throw idempotencyKeyReused();
    const isRefusal = error instanceof Stripe.errors.StripeInvalidRequestError;
    throw isRefusal ? refused(error) : providerUnavailable(error);
  }
}

function providerErrorOf(error: unknown): AppError {
  const thing = lostIn(error);
  return thing === null ? providerRefused(error) : providerLost(thing, error);
}

/** The kind of object that is missing at Stripe, by the parameter that the refusal names. */
const THINGS: readonly {
  readonly param: RegExp;
  readonly thing: Losable;
  readonly isGone: (error: Error) => boolean;
}[] = [
  { param: /^customer$/, thing: 'customer', isGone: isMissing },
  { param: /^discounts\b/, thing: 'discount', isGone: () => true },
  { param: /^payment_method$/, thing: 'payment method', isGone: () => true },
  { param: /^configuration$/, thing: 'portal configuration', isGone: isMissingOrInactive },
  { param: /^(line_items|items)\[\d+\](\[price\])?$/, thing: 'price', isGone: isMissingOrInactive },
];

/** Returns the kind of object that a refusal reports as deleted or archived; null for any other error. */
export function lostIn(error: unknown): Losable | null {
  if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) return null;
  const { param = '' } = error;
  return THINGS.find((thing) => thing.param.test(param) && thing.isGone(error))?.thing ?? null;
}

/** Recognizes an archived object by the message, because Stripe has no error code for that. */
function isMissingOrInactive(error: Error): boolean {
  return isMissing(error) || /\binactive\b|\bnot active\b/i.test(error.message);
}

/** Returns true if Stripe has no object with the requested id. */
export function isMissing(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing';
}

/**
 * Returns the parameters of a call and an idempotency key that depends on them, so that a repeated call has the same
 * key. With a replaced object in its parameters the call has another key, because Stripe would refuse the old key.
 */
export function keyedBy<P extends object>(id: string, params: P): [P, { idempotencyKey: string }] {
  return [params, { idempotencyKey: `${id}_${requestHash(params).slice(0, 16)}` }];
}

/**
 * Returns a caller's idempotency key, extended by the ids in the call: the same request about other objects is another
 * call.
 * @param ids the ids of the customer and of the other objects that the call names
 */
export function keyedFor(idempotencyKey: string | null, ...ids: readonly string[]): Stripe.RequestOptions {
  return idempotencyKey === null ? {} : { idempotencyKey: [idempotencyKey, ...ids].join('_') };
}

/** Returns the customer of a request. Throws without a customer: at Stripe, every account has one before it pays. */
export function knownCustomer({ customerId }: { readonly customerId: string | null }): string {
  if (customerId === null) throw new Error('a payment at Stripe needs a customer');
  return customerId;
}

/** Returns true if Stripe repeated its earlier answer to the same idempotency key. */
export function isReplay({ lastResponse }: Stripe.Response<unknown>): boolean {
  return lastResponse.headers['idempotent-replayed'] === 'true';
}
