import type { AppError } from '@cloud-bridge/base';
import { notFound, refusal } from '../../platform/errors/refusal.ts';
import type { Eligibility } from './eligibility.ts';

/** Returns the 404 for an account that never asked to pay by invoice. */
export function invoicingNotFound(): AppError {
  return notFound('INVOICING_NOT_FOUND');
}

export function notEligible({ months }: Eligibility): AppError {
  return refusal(
    'INVOICING_NOT_ELIGIBLE',
    'Paying by invoice requires purchases of at least $1,000 in each of three calendar months in a row.',
    { details: { months } },
  );
}

export function notApproved(): AppError {
  return refusal('INVOICING_NOT_APPROVED', 'This account is not approved for invoices.');
}

/** Returns the 409 for an account with overdue invoices. */
export function invoicingPaused(orderIds: readonly string[]): AppError {
  return refusal('INVOICING_PAUSED', 'An invoice is overdue. Pay it first.', { details: { orderIds } });
}
