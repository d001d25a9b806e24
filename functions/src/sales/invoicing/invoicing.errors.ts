import type { AppError } from '@cloud-bridge/base';
import { notFound, refusal } from '../../platform/errors/refusal.ts';
import type { Eligibility } from './eligibility.ts';

/** 404 for an account that never asked. */
export function invoicingNotFound(): AppError {
  return notFound('INVOICING_NOT_FOUND');
}

export function notEligible({ months }: Eligibility): AppError {
  return refusal(
    'INVOICING_NOT_ELIGIBLE',
    'Invoicing needs purchases of at least $1,000 in each of three calendar months in a row.',
    { details: { months } },
  );
}

export function notApproved(): AppError {
  return refusal('INVOICING_NOT_APPROVED', 'This account is not approved for invoices.');
}

/** 409 as long as an invoice is overdue. */
export function invoicingPaused(orderIds: readonly string[]): AppError {
  return refusal('INVOICING_PAUSED', 'An invoice is overdue. Pay it first.', { details: { orderIds } });
}
