import { AppError } from './appError.ts';

/** A service takes no more requests for now: whoever works through many of them has to wait. */
export class Throttled extends AppError {
  /** For how long the service wants to be left alone; null when it doesn't say. */
  readonly askedSeconds: number | null;

  /** @param retryAfter the service's header `Retry-After` */
  constructor(error: AppError, retryAfter: string | null | undefined) {
    const askedSeconds = /^\d{1,5}$/.test(retryAfter ?? '') ? Number(retryAfter) : null;
    const { code, message, retryAfterSeconds, cause } = error;
    super(code, message, { retryAfterSeconds: askedSeconds ?? retryAfterSeconds ?? 5, cause });
    this.askedSeconds = askedSeconds;
  }
}
