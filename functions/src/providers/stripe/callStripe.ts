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
 * Calls Stripe and says in this project's words what went wrong; the SDK has retried by then.
 * @throws PAYMENT_PROVIDER_REFUSED for what Stripe refuses (unless `refused` says otherwise),
 *   PAYMENT_PROVIDER_UNAVAILABLE when Stripe doesn't answer or can't say yet, IDEMPOTENCY_KEY_REUSED for an idempotency
 *   key that Stripe knows with other parameters
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
    // The same idempotency key is being worked on at this moment: nobody can say yet what will come of it.
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

/** By the parameter that Stripe's refusal names: the thing whose id it was. */
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

/**
 * What a refusal of Stripe's says is gone: deleted, or archived and so of no use any more. Null for any other error.
 */
export function lostIn(error: unknown): Losable | null {
  if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) return null;
  const { param = '' } = error;
  return THINGS.find((thing) => thing.param.test(param) && thing.isGone(error))?.thing ?? null;
}

/** Stripe has no code for what is archived. */
function isMissingOrInactive(error: Error): boolean {
  return isMissing(error) || /\binactive\b|\bnot active\b/i.test(error.message);
}

/** True when Stripe has nothing with an id that was asked for. */
export function isMissing(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing';
}

/**
 * Parameters and the idempotency key of a call: the same parameters are the same call, however often it is repeated.
 * With a thing in them that was made again it is another call, which Stripe would refuse under the old key.
 */
export function keyedBy<P extends object>(id: string, params: P): [P, { idempotencyKey: string }] {
  return [params, { idempotencyKey: `${id}_${requestHash(params).slice(0, 16)}` }];
}

/**
 * A caller's idempotency key for a call about certain things: the same request about other things is another call.
 * @param ids of the customer, and of whatever else the call names
 */
export function keyedFor(idempotencyKey: string | null, ...ids: readonly string[]): Stripe.RequestOptions {
  return idempotencyKey === null ? {} : { idempotencyKey: [idempotencyKey, ...ids].join('_') };
}

/** The customer of a request: at Stripe every account has one before it pays. */
export function knownCustomer({ customerId }: { readonly customerId: string | null }): string {
  if (customerId === null) throw new Error('nobody can pay at Stripe without being a customer');
  return customerId;
}

/** True for an answer that Stripe gave before to the same idempotency key. */
export function isReplay({ lastResponse }: Stripe.Response<unknown>): boolean {
  return lastResponse.headers['idempotent-replayed'] === 'true';
}
