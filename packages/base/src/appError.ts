/**
 * An error that a caller is meant to see: a stable code, an HTTP status and a message that says what to do.
 * Everything else that is thrown is a bug or an outage and is answered without its message.
 */
export class AppError extends Error {
  readonly code: string;
  readonly httpStatus: number;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  /** Seconds after which the same request may succeed; sent as `Retry-After`. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    httpStatus: number,
    code: string,
    message: string,
    options: { details?: Record<string, unknown>; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'AppError';
    this.httpStatus = httpStatus;
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

/** A 400 that names every field that was not accepted; `code` is `INVALID_REQUEST` unless a narrower one is given. */
export function invalidRequest(problems: readonly FieldProblem[], code = 'INVALID_REQUEST'): AppError {
  const message = problems.map((problem) => `${problem.field}: ${problem.message}`).join('; ');
  return new AppError(400, code, message, { details: { fields: problems } });
}

/** A 400 about one field of the body. */
export function invalidField(field: string, message: string, code?: string): AppError {
  return invalidRequest([{ in: 'body', field, message }], code);
}

/** A 404; also what a caller gets for a thing that belongs to another account, so that ids can't be probed. */
export function notFound(what: string): AppError {
  return new AppError(404, `${what.toUpperCase().replaceAll(' ', '_')}_NOT_FOUND`, `There is no such ${what}.`);
}
