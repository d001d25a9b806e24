import type { AppError } from '@cloud-bridge/base';
import { refusal } from '../errors/refusal.ts';

const RETRY_AFTER_SECONDS = 30;

/** 503: nothing may be written now. Providers send their events again, and clients repeat their requests. */
export function underMaintenance(): AppError {
  return refusal('MAINTENANCE', 'Maintenance is going on: data can be read, and nothing can be changed.', {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}
