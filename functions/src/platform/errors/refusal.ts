import { AppError, type FieldProblem } from '@cloud-bridge/base';
import { ERRORS, type ErrorCode } from './errorRegistry.ts';

type RefusalOptions = ConstructorParameters<typeof AppError>[2];

/** Codes whose answer may be a 401. */
type CredentialCode = {
  [C in ErrorCode]: (typeof ERRORS)[C] extends { status: 401 } | { statusOfCredential: 401 } ? C : never;
}[ErrorCode];

/** Codes of a 404 about a thing: `ORDER_NOT_FOUND`. */
type NotFoundCode = {
  [C in ErrorCode]: C extends `${string}_NOT_FOUND` ? ((typeof ERRORS)[C]['status'] extends 404 ? C : never) : never;
}[ErrorCode];

/** Makes an error for the caller to see. The registry says which status the code is answered with. */
export function refusal<C extends ErrorCode>(code: C, message: string, options?: RefusalOptions): AppError<C> {
  return new AppError(code, message, options);
}

/** Refuses one field of the body for a reason that has a code of its own; other reasons are an `invalidField`. */
export function refusedField<C extends ErrorCode>(code: C, field: string, message: string): AppError<C> {
  const problem: FieldProblem = { in: 'body', field, message };
  return refusal(code, `${field}: ${message}`, { details: { fields: [problem] } });
}

/** Makes a 404. A thing that belongs to another account is answered in the same way, so that ids can't be probed. */
export function notFound<C extends NotFoundCode>(code: C): AppError<C> {
  const thing = code
    .replace(/_NOT_FOUND$/, '')
    .replaceAll('_', ' ')
    .toLowerCase();
  return refusal(code, `There is no such ${thing}.`);
}

/** Refuses the credential of a request: always a 401, also for a code that elsewhere has another status. */
class Unauthenticated extends AppError<CredentialCode> {}

/** Makes a 401 that says what is wrong with the credential, and never what the credential is. */
export function unauthenticated(code: CredentialCode, message: string): AppError<CredentialCode> {
  return new Unauthenticated(code, message);
}

/** True for an AppError with a code of the registry, or with one of the given codes. */
export function hasCode<C extends ErrorCode = ErrorCode>(
  thrown: unknown,
  ...codes: readonly C[]
): thrown is AppError<C> {
  if (!(thrown instanceof AppError) || !Object.hasOwn(ERRORS, thrown.code)) return false;
  return codes.length === 0 || codes.some((code) => code === thrown.code);
}

/** The HTTP status of the answer to an error. */
export function statusOf(error: AppError<ErrorCode>): number {
  return error instanceof Unauthenticated ? 401 : ERRORS[error.code].status;
}

/** True for an error that is answered with a 4xx: repeating the request would not help. */
export function isRefused(thrown: unknown): thrown is AppError<ErrorCode> {
  return hasCode(thrown) && statusOf(thrown) < 500;
}

/** True for an error that is answered with a 503: the same request may succeed later. */
export function isUnavailable(thrown: unknown): thrown is AppError<ErrorCode> {
  return hasCode(thrown) && statusOf(thrown) === 503;
}
