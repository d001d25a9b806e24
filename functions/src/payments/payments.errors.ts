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
