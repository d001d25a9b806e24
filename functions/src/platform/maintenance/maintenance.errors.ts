import type { AppError } from '@cloud-bridge/base';
import { refusal } from '../errors/refusal.ts';

const RETRY_AFTER_SECONDS = 30;

/** 503: nothing may be written now. Providers resend their events, and clients repeat their requests. */
export function underMaintenance(): AppError {
  return refusal('MAINTENANCE', 'The service is under maintenance: data can be read, but not changed.', {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}
