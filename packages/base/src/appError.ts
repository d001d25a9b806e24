/** Codes of the errors that this package makes itself. */
export type BaseErrorCode = 'IDEMPOTENCY_KEY_REUSED' | 'INVALID_REQUEST';

/**
 * An error that a caller is meant to see: a stable code, and a message that says what to do. Code that answers by HTTP
 * finds the status by the code. Everything else that is thrown is a bug or an outage, and is answered without its
 * message.
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

/** A field of a request that was not accepted. */
export interface FieldProblem {
  /** Where the field stands: `body`, `query`, `path` or `header`. */
  readonly in: 'body' | 'query' | 'path' | 'header';
  /** Dotted path of the field, such as `metadata.color`. */
  readonly field: string;
  readonly message: string;
}

/** Refuses a request, and names every field that was not accepted. */
export function invalidRequest(problems: readonly FieldProblem[]): AppError<BaseErrorCode> {
  const message = problems.map((problem) => `${problem.field}: ${problem.message}`).join('; ');
  return new AppError('INVALID_REQUEST', message, { details: { fields: problems } });
}

/** Refuses a request for one field of its body. */
export function invalidField(field: string, message: string): AppError<BaseErrorCode> {
  return invalidRequest([{ in: 'body', field, message }]);
}
