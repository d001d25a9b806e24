import { AppError, notFound } from '@cloud-bridge/base';
import type { Eligibility } from './eligibility.ts';

/** 404 for an account that never asked. */
export function invoicingNotFound(): AppError {
  return notFound('invoicing');
}

export function notEligible({ months }: Eligibility): AppError {
  return new AppError(
    409,
    'INVOICING_NOT_ELIGIBLE',
    'Invoicing needs purchases of at least $1,000 in each of three calendar months in a row.',
    { details: { months } },
  );
}

export function notApproved(): AppError {
  return new AppError(403, 'INVOICING_NOT_APPROVED', 'This account is not approved for invoices.');
}

/** 409 as long as an invoice is overdue. */
export function invoicingPaused(orderIds: readonly string[]): AppError {
  return new AppError(409, 'INVOICING_PAUSED', 'An invoice is overdue. Pay it first.', { details: { orderIds } });
}
