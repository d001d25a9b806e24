import { AppError, Throttled } from '@cloud-bridge/base';
import type { ErrorCode } from '../../platform/errors/errorRegistry.ts';
import { hasCode, refusal } from '../../platform/errors/refusal.ts';

/** 503: the provider can't be reached, or fails. */
export function providerUnavailable(cause: unknown): AppError {
  return refusal(
    'PAYMENT_PROVIDER_UNAVAILABLE',
    'The payment provider is not available. Retry with the same Idempotency-Key.',
    { retryAfterSeconds: 5, cause },
  );
}

/** 502: the provider refused the request for good. */
export function providerRefused(cause: unknown): AppError {
  return refusal('PAYMENT_PROVIDER_REFUSED', 'The payment provider did not accept the request.', { cause });
}

/** Objects of a provider that are stored here by id, and may be deleted or archived at the provider. */
export type Losable = 'customer' | 'discount' | 'payment method' | 'portal configuration' | 'price';

/** 502: the request named an object that the provider no longer has; see {@link isLost}. */
class ProviderLostError extends AppError<ErrorCode> {
  readonly thing: Losable;

  constructor(thing: Losable, cause: unknown) {
    super('PAYMENT_PROVIDER_REFUSED', `The payment provider no longer has the ${thing}.`, { cause });
    this.thing = thing;
  }
}

/** 502: the provider no longer has an object that the request named. */
export function providerLost(thing: Losable, cause: unknown): AppError {
  return new ProviderLostError(thing, cause);
}

/** True when the provider no longer has the object; the code that stored the object's id can create it again. */
export function isLost(error: unknown, thing: Losable): boolean {
  return error instanceof ProviderLostError && error.thing === thing;
}

/** True when the provider refused for good: nothing was created, and the request can't succeed later. */
export function isProviderRefusal(error: unknown): boolean {
  return hasCode(error, ...REFUSALS);
}

/**
 * Codes of final refusals. `COUPON_NOT_FOUND` occurs when an operator ends a coupon while its discount is recreated.
 */
const REFUSALS = ['PAYMENT_PROVIDER_REFUSED', 'CREEM_PRODUCT_MISMATCH', 'COUPON_NOT_FOUND'] as const;

/** 409: the money was already refunded, is being refunded, or is held by a bank in a dispute. */
export function refundNotPossible(message: string, cause?: unknown): AppError {
  return refusal('REFUND_NOT_POSSIBLE', message, { cause });
}

/** 503: the provider accepts no more requests for now. */
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

/** 409: an operator has to enter Creem's product in the catalog first. */
export function creemProductMissing(what: string): AppError {
  return refusal('CREEM_PRODUCT_MISSING', `${what} has no product at Creem. Pay with another provider.`);
}

/** 409: the account has no customer at Creem yet, because Creem creates customers with their first payment. */
export function creemCustomerMissing(): AppError {
  return refusal('CREEM_CUSTOMER_MISSING', 'The account has not paid through Creem yet, so Creem has no page for it.');
}

/** 409: Creem identifies customers by email address, and its page accepts any address. */
export function emailNotVerified(): AppError {
  return refusal(
    'EMAIL_NOT_VERIFIED',
    'Creem’s page shows all purchases of an email address, so the account needs a verified email address that ' +
      'matches. Creem’s receipts also link to the page.',
  );
}
