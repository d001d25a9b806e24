import type { AppError } from '@cloud-bridge/base';
import { refusal } from '../../platform/errors/refusal.ts';
import { credentialNotAllowed } from '../../platform/http/http.errors.ts';

export function managementKeyNeedsOwner(): AppError {
  return credentialNotAllowed('Only a signed-in person can create, change or revoke management keys.');
}

export function keyRevoked(): AppError {
  return refusal('API_KEY_REVOKED', 'The key is revoked; create a new key instead.');
}

export function keyExpired(): AppError {
  return refusal('API_KEY_EXPIRED', 'The key has expired; set a later expiresAt, or create a new key.');
}

/** 403: the details tell the client which address was checked. */
export function addressNotAllowed(address: string | null): AppError {
  return refusal('ADDRESS_NOT_ALLOWED', 'The API key is not accepted from this address.', {
    details: { address },
  });
}

export function operationNotAllowed(operation: string): AppError {
  return refusal('OPERATION_NOT_ALLOWED', `The API key may not be used for the operation ${operation}.`, {
    details: { operation },
  });
}

export function modelNotAllowed(model: string | null): AppError {
  const what = model === null ? 'usage that names no model' : `the model ${model}`;
  return refusal('MODEL_NOT_ALLOWED', `The API key may not be used for ${what}.`, { details: { model } });
}

/** 409: the subscription isn't running. */
export function subscriptionNotRunning(status: string): AppError {
  return refusal('SUBSCRIPTION_NOT_ACTIVE', `The subscription is ${status}.`, { details: { status } });
}
