import { AppError } from '@cloud-bridge/base';
import { MAX_ENDPOINTS } from './endpoint.ts';

export function tooManyEndpoints(): AppError {
  return new AppError(409, 'TOO_MANY_WEBHOOKS', `An account may have ${MAX_ENDPOINTS} endpoints; delete one first.`);
}

export function endpointDisabled(): AppError {
  return new AppError(409, 'WEBHOOK_DISABLED', 'The endpoint is disabled; enable it first.');
}
