import { hasLapsed, type IsoTime } from '@cloud-bridge/base';
import type { InvoiceOrder } from '../orders/order.ts';

export const INVOICING_STATUSES = ['requested', 'approved', 'declined'] as const;
export type InvoicingStatus = (typeof INVOICING_STATUSES)[number];

/** Whether an account may pay by invoice: it asked, and an operator decided. */
export interface Invoicing {
  /** The account's. */
  readonly id: string;
  readonly status: InvoicingStatus;
  /** When it asked, the last time. */
  readonly createdAt: IsoTime;
  readonly decidedAt: IsoTime | null;
  /** Uid of the operator. */
  readonly decidedBy: string | null;
  /** Why it was declined. */
  readonly reason: string | null;
  /** How many days the account has to pay an invoice, once approved. */
  readonly daysUntilDue: number | null;
}

/** The account asks. What was asked or approved before stays; one that was declined may ask again. */
export function asked(before: Invoicing | null, accountId: string, now: IsoTime): Invoicing {
  if (before && before.status !== 'declined') return before;
  const undecided = { decidedAt: null, decidedBy: null, reason: null, daysUntilDue: null };
  return { id: accountId, status: 'requested', createdAt: now, ...undecided };
}

/** An operator's decision. */
export type InvoicingDecision =
  | { readonly status: 'approved'; readonly daysUntilDue: number }
  | { readonly status: 'declined'; readonly reason: string | null };

/** An operator decides, and may decide otherwise later. Repeating a decision changes nothing. */
export function decided(before: Invoicing, decision: InvoicingDecision, adminId: string, now: IsoTime): Invoicing {
  const next = { daysUntilDue: null, reason: null, ...decision };
  const isSame =
    before.status === next.status && before.daysUntilDue === next.daysUntilDue && before.reason === next.reason;
  return isSame ? before : { ...before, ...next, decidedAt: now, decidedBy: adminId };
}

/** True for an invoice whose due date has come without the money. */
export function isOverdue({ status, invoice }: InvoiceOrder, now: IsoTime): boolean {
  return status === 'pending' && hasLapsed(invoice?.dueAt ?? null, now);
}
