/** Codes of the errors that this package creates. */
export type BaseErrorCode = 'IDEMPOTENCY_KEY_REUSED' | 'INVALID_REQUEST';

/**
 * An error that the caller may see: a stable code, and a message that says what to do. HTTP code looks the status up by
 * the code. Every other thrown error is a bug or an outage, and its message isn't sent to the caller.
 */
export class AppError<C extends string = string> extends Error {
  readonly code: C;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  /** Seconds after which the same request may succeed; sent as `Retry-After`. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: C,
    message: string,
    options: { details?: Record<string, unknown>; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.details = options.details;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** A field of a request that was refused. */
export interface FieldProblem {
  /** The part of the request that has the field. */
  readonly in: 'body' | 'query' | 'path' | 'header';
  /** Dotted path of the field, such as `metadata.color`. */
  readonly field: string;
  readonly message: string;
}

/** Creates the error for a request with refused fields; the message and `details` name every field. */
export function invalidRequest(problems: readonly FieldProblem[]): AppError<BaseErrorCode> {
  const message = problems.map((problem) => `${problem.field}: ${problem.message}`).join('; ');
  return new AppError('INVALID_REQUEST', message, { details: { fields: problems } });
}

/** Creates the error for one refused field of the body. */
export function invalidField(field: string, message: string): AppError<BaseErrorCode> {
  return invalidRequest([{ in: 'body', field, message }]);
}
