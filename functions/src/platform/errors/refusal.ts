import { AppError, type FieldProblem } from '@cloud-bridge/base';
import { ERRORS, type ErrorCode } from './errorRegistry.ts';

type RefusalOptions = ConstructorParameters<typeof AppError>[2];

/** Codes that may be answered with 401. */
type CredentialCode = {
  [C in ErrorCode]: (typeof ERRORS)[C] extends { status: 401 } | { statusOfCredential: 401 } ? C : never;
}[ErrorCode];

/** Codes of a 404 about an object, such as `ORDER_NOT_FOUND`. */
type NotFoundCode = {
  [C in ErrorCode]: C extends `${string}_NOT_FOUND` ? ((typeof ERRORS)[C]['status'] extends 404 ? C : never) : never;
}[ErrorCode];

/** Creates an error that the caller sees. The registry has the HTTP status of its code. */
export function refusal<C extends ErrorCode>(code: C, message: string, options?: RefusalOptions): AppError<C> {
  return new AppError(code, message, options);
}

/** Creates an error about one field of the body with its own code; for INVALID_REQUEST, use `invalidField`. */
export function refusedField<C extends ErrorCode>(code: C, field: string, message: string): AppError<C> {
  const problem: FieldProblem = { in: 'body', field, message };
  return refusal(code, `${field}: ${message}`, { details: { fields: [problem] } });
}

/** Creates a 404. An object of another account gets the same answer as an unknown id, so that ids can't be probed. */
export function notFound<C extends NotFoundCode>(code: C): AppError<C> {
  const thing = code
    .replace(/_NOT_FOUND$/, '')
    .replaceAll('_', ' ')
    .toLowerCase();
  return refusal(code, `There is no such ${thing}.`);
}

/** An error about the request's credential: always a 401, even if the code has another status elsewhere. */
class Unauthenticated extends AppError<CredentialCode> {}

/** Creates a 401 that says what is wrong with the credential. The message must not contain the credential. */
export function unauthenticated(code: CredentialCode, message: string): AppError<CredentialCode> {
  return new Unauthenticated(code, message);
}

/** True for an AppError with one of the given codes; without codes, with any code of the registry. */
export function hasCode<C extends ErrorCode = ErrorCode>(
  thrown: unknown,
  ...codes: readonly C[]
): thrown is AppError<C> {
  if (!(thrown instanceof AppError) || !Object.hasOwn(ERRORS, thrown.code)) return false;
  return codes.length === 0 || codes.some((code) => code === thrown.code);
}

/** Returns the HTTP status of an error. */
export function statusOf(error: AppError<ErrorCode>): number {
  return error instanceof Unauthenticated ? 401 : ERRORS[error.code].status;
}

/** True for an error with a 4xx status: repeating the request wouldn't help. */
export function isRefused(thrown: unknown): thrown is AppError<ErrorCode> {
  return hasCode(thrown) && statusOf(thrown) < 500;
}

/** True for an error with status 503: the same request may succeed later. */
export function isUnavailable(thrown: unknown): thrown is AppError<ErrorCode> {
  return hasCode(thrown) && statusOf(thrown) === 503;
}
