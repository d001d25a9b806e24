import { hasLapsed, type IsoTime } from '@cloud-bridge/base';
import type { InvoiceOrder } from '../orders/order.ts';

export const INVOICING_STATUSES = ['requested', 'approved', 'declined'] as const;
export type InvoicingStatus = (typeof INVOICING_STATUSES)[number];

/** An account's request to pay by invoice, with the operator's decision. */
export interface Invoicing {
  /** The account's id. */
  readonly id: string;
  readonly status: InvoicingStatus;
  /** When the account last asked. */
  readonly createdAt: IsoTime;
  readonly decidedAt: IsoTime | null;
  /** Uid of the operator. */
  readonly decidedBy: string | null;
  /** Why the operator declined; null without a reason, and unless declined. */
  readonly reason: string | null;
  /** Days until an invoice is due; null unless approved. */
  readonly daysUntilDue: number | null;
}

/** Returns the request after an account asks. An open or approved request stays; a declined account may ask again. */
export function asked(before: Invoicing | null, accountId: string, now: IsoTime): Invoicing {
  if (before && before.status !== 'declined') return before;
  const undecided = { decidedAt: null, decidedBy: null, reason: null, daysUntilDue: null };
  return { id: accountId, status: 'requested', createdAt: now, ...undecided };
}

/** An operator's decision on a request. */
export type InvoicingDecision =
  | { readonly status: 'approved'; readonly daysUntilDue: number }
  | { readonly status: 'declined'; readonly reason: string | null };

/** Returns the request after a decision, which may replace an earlier decision. The same decision changes nothing. */
export function decided(before: Invoicing, decision: InvoicingDecision, adminId: string, now: IsoTime): Invoicing {
  const next = { daysUntilDue: null, reason: null, ...decision };
  const isSame =
    before.status === next.status && before.daysUntilDue === next.daysUntilDue && before.reason === next.reason;
  return isSame ? before : { ...before, ...next, decidedAt: now, decidedBy: adminId };
}

/** Returns true for an unpaid invoice whose due date has come. */
export function isOverdue({ status, invoice }: InvoiceOrder, now: IsoTime): boolean {
  return status === 'pending' && hasLapsed(invoice?.dueAt ?? null, now);
}
