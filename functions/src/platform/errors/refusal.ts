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

/** An error with a code of the registry, for a caller to see. Its status is the registry's. */
export function refusal<C extends ErrorCode>(code: C, message: string, options?: RefusalOptions): AppError<C> {
  return new AppError(code, message, options);
}

/** The same about one field of the body. A field that is wrong for no reason with a code is an `invalidField`. */
export function refusedField<C extends ErrorCode>(code: C, field: string, message: string): AppError<C> {
  const problem: FieldProblem = { in: 'body', field, message };
  return refusal(code, `${field}: ${message}`, { details: { fields: [problem] } });
}

/** A 404; also what a caller gets for a thing that belongs to another account, so that ids can't be probed. */
export function notFound<C extends NotFoundCode>(code: C): AppError<C> {
  const thing = code
    .replace(/_NOT_FOUND$/, '')
    .replaceAll('_', ' ')
    .toLowerCase();
  return refusal(code, `There is no such ${thing}.`);
}

/** The credential of the request isn't accepted: always a 401. */
class Unauthenticated extends AppError<CredentialCode> {}

/** A 401 that says what is wrong with the credential, never what the credential is. */
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

/** True for a refusal that stays one, however often the request is repeated: what is answered with a 4xx. */
export function isRefused(thrown: unknown): thrown is AppError<ErrorCode> {
  return hasCode(thrown) && statusOf(thrown) < 500;
}

/** True when the same request may succeed later: what is answered with a 503. */
export function isUnavailable(thrown: unknown): thrown is AppError<ErrorCode> {
  return hasCode(thrown) && statusOf(thrown) === 503;
}
