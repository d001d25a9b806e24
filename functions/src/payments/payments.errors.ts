import { AppError } from '../shared/appError.ts';

export function providerUnavailable(cause: unknown): AppError {
  return new AppError(
    503,
    'PAYMENT_PROVIDER_UNAVAILABLE',
    'The payment provider does not answer now. Retry with the same Idempotency-Key.',
    { retryAfterSeconds: 5, cause },
  );
}

export function providerRefused(cause: unknown): AppError {
  return new AppError(502, 'PAYMENT_PROVIDER_REFUSED', 'The payment provider did not accept the request.', { cause });
}

/** 409: money that has gone back already, is on its way, or is in the hands of a bank can't be refunded. */
export function refundNotPossible(message: string, cause?: unknown): AppError {
  return new AppError(409, 'REFUND_NOT_POSSIBLE', message, { cause });
}

/** 503 for a provider that takes no more requests for now. Who works through many of them has to wait. */
export class ProviderThrottled extends AppError {
  /** For how long the provider wants to be left alone; null when it doesn't say. */
  readonly askedSeconds: number | null;

  /** @param retryAfter the provider's header `Retry-After` */
  constructor(cause: unknown, retryAfter: string | null | undefined) {
    const askedSeconds = /^\d{1,5}$/.test(retryAfter ?? '') ? Number(retryAfter) : null;
    const { httpStatus, code, message, retryAfterSeconds } = providerUnavailable(cause);
    super(httpStatus, code, message, { retryAfterSeconds: askedSeconds ?? retryAfterSeconds ?? 5, cause });
    this.askedSeconds = askedSeconds;
  }
}
