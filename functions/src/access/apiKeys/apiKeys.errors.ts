import type { AppError } from '@cloud-bridge/base';
import { refusal } from '../../platform/errors/refusal.ts';
import { credentialNotAllowed } from '../../platform/http/http.errors.ts';

export function managementKeyNeedsOwner(): AppError {
  return credentialNotAllowed('Management keys can be created, changed and revoked only by a signed-in person.');
}

export function keyRevoked(): AppError {
  return refusal('API_KEY_REVOKED', 'The key is revoked; make a new one instead.');
}

export function keyExpired(): AppError {
  return refusal('API_KEY_EXPIRED', 'The key has expired; give it another end, or make a new one.');
}

/** 403: the client can see which address it was judged by. */
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
  const what = model === null ? 'what names no model' : `the model ${model}`;
  return refusal('MODEL_NOT_ALLOWED', `The API key may not be used for ${what}.`, { details: { model } });
}

/** 409 for what can only be done while a subscription runs. */
export function subscriptionNotRunning(status: string): AppError {
  return refusal('SUBSCRIPTION_NOT_ACTIVE', `The subscription is ${status}.`, { details: { status } });
}
