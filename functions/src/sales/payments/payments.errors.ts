import { AppError, Throttled } from '@cloud-bridge/base';
import type { ErrorCode } from '../../platform/errors/errorRegistry.ts';
import { hasCode, refusal } from '../../platform/errors/refusal.ts';

export function providerUnavailable(cause: unknown): AppError {
  return refusal(
    'PAYMENT_PROVIDER_UNAVAILABLE',
    'The payment provider does not answer now. Retry with the same Idempotency-Key.',
    { retryAfterSeconds: 5, cause },
  );
}

export function providerRefused(cause: unknown): AppError {
  return refusal('PAYMENT_PROVIDER_REFUSED', 'The payment provider did not accept the request.', { cause });
}

/** What is kept here by its id at a provider, and may be deleted or archived there. */
export type Losable = 'customer' | 'discount' | 'payment method' | 'portal configuration' | 'price';

/** 502 for a request that named a thing which the provider no longer has; see {@link isLost}. */
class ProviderLostError extends AppError<ErrorCode> {
  readonly thing: Losable;

  constructor(thing: Losable, cause: unknown) {
    super('PAYMENT_PROVIDER_REFUSED', `The payment provider no longer has the ${thing}.`, { cause });
    this.thing = thing;
  }
}

export function providerLost(thing: Losable, cause: unknown): AppError {
  return new ProviderLostError(thing, cause);
}

/** True when a provider refused because it no longer has a thing: whoever keeps its id can make the thing again. */
export function isLost(error: unknown, thing: Losable): boolean {
  return error instanceof ProviderLostError && error.thing === thing;
}

/** True when a provider said no for good: nothing was made, and nothing will come of what was asked. */
export function isProviderRefusal(error: unknown): boolean {
  return hasCode(error, ...REFUSALS);
}

/** Also a coupon that an operator has ended while its discount had to be made again. */
const REFUSALS = ['PAYMENT_PROVIDER_REFUSED', 'CREEM_PRODUCT_MISMATCH', 'COUPON_NOT_FOUND'] as const;

/** 409: money that has gone back already, is on its way, or is in the hands of a bank can't be refunded. */
export function refundNotPossible(message: string, cause?: unknown): AppError {
  return refusal('REFUND_NOT_POSSIBLE', message, { cause });
}

/** 503 for a provider that takes no more requests for now. */
export function providerThrottled(cause: unknown, retryAfter: string | null | undefined): Throttled {
  return new Throttled(providerUnavailable(cause), retryAfter);
}

/** 409: this deployment sells nothing through Creem. */
export function creemNotConfigured(): AppError {
  return refusal(
    'CREEM_NOT_CONFIGURED',
    'This deployment takes no payments through Creem: CREEM_API_BASE_URL is not set.',
  );
}

/** 409: an operator has to say in the catalog which of Creem's products it is. */
export function creemProductMissing(what: string): AppError {
  return refusal('CREEM_PRODUCT_MISSING', `${what} has no product at Creem. Pay with another provider.`);
}

/** 409: Creem makes its customers itself, with their first payment. */
export function creemCustomerMissing(): AppError {
  return refusal('CREEM_CUSTOMER_MISSING', 'Nothing has been paid through Creem yet, so it has no page for it.');
}

/** 409: Creem knows its customers by their address, which anybody may type on its page. */
export function emailNotVerified(): AppError {
  return refusal(
    'EMAIL_NOT_VERIFIED',
    'Creem’s page shows all that was bought there with one email address: it is opened for an account whose own, ' +
      'verified address that is. Creem’s receipts lead to it, too.',
  );
}
