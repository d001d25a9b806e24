import type { AppError } from '@cloud-bridge/base';
import { refusal } from '../../platform/errors/refusal.ts';
import { MAX_ENDPOINTS } from './endpoint.ts';

export function tooManyEndpoints(): AppError {
  return refusal('TOO_MANY_WEBHOOKS', `An account may have ${MAX_ENDPOINTS} endpoints; delete one first.`);
}

export function endpointDisabled(): AppError {
  return refusal('WEBHOOK_DISABLED', 'The endpoint is disabled; enable it first.');
}
