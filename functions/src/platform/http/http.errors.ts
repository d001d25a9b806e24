import type { AppError } from '@cloud-bridge/base';
import type { ErrorCode } from '../errors/errorRegistry.ts';
import { refusal, unauthenticated } from '../errors/refusal.ts';

/** A rate limit: of all API keys of an account, of one API key, of the signed-in owner, or of management keys. */
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
  return refusal('ADMIN_REQUIRED', 'Only an operator may do this, with the ID token of a user with the claim admin.');
}

export function scopeMissing(scope: string): AppError {
  return refusal('SCOPE_MISSING', `The API key needs the scope ${scope}.`, { details: { scope } });
}

export function malformedRequest(cause?: unknown): AppError<ErrorCode> {
  return refusal('MALFORMED_REQUEST', 'The request is malformed.', { cause });
}

/** 400: the client is gone, so nobody reads the answer. The code keeps the error out of the log. */
export function requestAborted(): AppError {
  return refusal('REQUEST_ABORTED', 'The request ended before its whole body arrived.');
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

/**
 * 429: the caller has used up a limit.
 * @param policy the limit that is used up
 */
export function rateLimited(limit: number, retryAfterSeconds: number, policy: PolicyName = 'account'): AppError {
  return refusal('RATE_LIMITED', `The ${LIMITS[policy]} of ${limit} requests per minute is used up.`, {
    retryAfterSeconds,
    details: { policy, limit, retryAfterSeconds },
  });
}
