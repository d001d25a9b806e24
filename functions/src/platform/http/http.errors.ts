import type { AppError } from '@cloud-bridge/base';
import type { ErrorCode } from '../errors/errorRegistry.ts';
import { refusal, unauthenticated } from '../errors/refusal.ts';

/** The limits of all API keys of an account, of one API key, of an owner who is signed in, and of management keys. */
export type PolicyName = 'account' | 'key' | 'owner' | 'managementKey';

export function credentialMissing(): AppError {
  return unauthenticated(
    'CREDENTIAL_MISSING',
    'Send an API key as x-api-key, or an ID token or management key as Authorization: Bearer.',
  );
}

export function credentialInvalid(): AppError {
  return unauthenticated('CREDENTIAL_INVALID', 'The credential is not valid.');
}

export function credentialNotAllowed(message: string): AppError {
  return refusal('CREDENTIAL_NOT_ALLOWED', message);
}

export function adminRequired(): AppError {
  return refusal('ADMIN_REQUIRED', 'This needs an operator: the ID token of a user with the claim admin.');
}

export function scopeMissing(scope: string): AppError {
  return refusal('SCOPE_MISSING', `The API key needs the scope ${scope}.`, { details: { scope } });
}

export function malformedRequest(cause?: unknown): AppError<ErrorCode> {
  return refusal('MALFORMED_REQUEST', 'The request is malformed.', { cause });
}

/** Nobody is left to read the answer; it only keeps the log quiet. */
export function requestAborted(): AppError {
  return refusal('REQUEST_ABORTED', 'The request ended before its body did.');
}

export function malformedJson(): AppError {
  return refusal('MALFORMED_JSON', 'The body is not valid JSON.');
}

export function unsupportedMediaType(): AppError {
  return refusal(
    'UNSUPPORTED_MEDIA_TYPE',
    'Send the body as Content-Type: application/json, in UTF-8 and without a Content-Encoding.',
  );
}

export function payloadTooLarge(limitBytes: number): AppError {
  return refusal('PAYLOAD_TOO_LARGE', `The body may have at most ${limitBytes} bytes.`);
}

const LIMITS: Readonly<Record<PolicyName, string>> = {
  account: 'limit',
  key: "API key's limit",
  owner: "owner's limit",
  managementKey: 'limit for management keys',
};

/** @param policy whose limit it is */
export function rateLimited(limit: number, retryAfterSeconds: number, policy: PolicyName = 'account'): AppError {
  return refusal('RATE_LIMITED', `The ${LIMITS[policy]} of ${limit} requests a minute is used up.`, {
    retryAfterSeconds,
    details: { policy, limit, retryAfterSeconds },
  });
}
