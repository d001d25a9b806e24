import { AppError } from './appError.ts';

/** A service refuses further requests for now. Code that makes many requests has to wait. */
export class Throttled extends AppError {
  /** Seconds that the service asks to wait; null when it doesn't say. */
  readonly askedSeconds: number | null;

  /** @param retryAfter the `Retry-After` header of the service's response */
  constructor(error: AppError, retryAfter: string | null | undefined) {
    const askedSeconds = /^\d{1,5}$/.test(retryAfter ?? '') ? Number(retryAfter) : null;
    const { code, message, retryAfterSeconds, cause } = error;
    super(code, message, { retryAfterSeconds: askedSeconds ?? retryAfterSeconds ?? 5, cause });
    this.askedSeconds = askedSeconds;
  }
}
