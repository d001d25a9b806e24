import Stripe from 'stripe';
import { idempotencyKeyReused } from '../../http/idempotency.ts';
import { AppError } from '../../shared/appError.ts';
import { ProviderThrottled, providerRefused, providerUnavailable } from '../payments.errors.ts';

/**
 * Calls Stripe and says in this project's words what went wrong; the SDK has retried by then. Throws 502 for what
 * Stripe refuses (unless `refused` says otherwise), 503 when it doesn't answer or can't say yet, 422 for an idempotency
 * key that it knows with other parameters.
 */
export async function callStripe<T>(
  call: () => Promise<T>,
  refused: (cause: unknown) => AppError = providerRefused,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof AppError) throw error;
    const isThrottled = error instanceof Stripe.errors.StripeError && error.statusCode === 429;
    if (isThrottled) throw new ProviderThrottled(error, error.headers?.['retry-after']);
    // The same idempotency key is being worked on at this moment: nobody can say yet what will come of it.
    const isUnderWay = error instanceof Stripe.errors.StripeError && error.statusCode === 409;
    if (isUnderWay) throw providerUnavailable(error);
    if (error instanceof Stripe.errors.StripeIdempotencyError) throw idempotencyKeyReused();
    const isRefusal = error instanceof Stripe.errors.StripeInvalidRequestError;
    throw isRefusal ? refused(error) : providerUnavailable(error);
  }
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
