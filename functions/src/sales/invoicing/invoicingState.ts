import { runUnitOfWork } from '@cloud-bridge/base';
import { asRecorded, isOfEarlierRequest, mustRecord, type OperatorRequest } from '../../access/auditLog/auditLog.ts';
import type { InvoiceOrder } from '../orders/order.ts';
import { type Eligibility, eligibilityOf, eligibleSince } from './eligibility.ts';
import { invoicingNotFound, notEligible } from './invoicing.errors.ts';
import { asked, decided, type Invoicing, type InvoicingDecision, isOverdue } from './invoicing.ts';
import type { InvoicingNeeds } from './needs.ts';

/** An account's request to pay by invoice, its eligibility and its unpaid invoices. */
export interface InvoicingState {
  readonly invoicing: Invoicing | null;
  readonly eligibility: Eligibility;
  /** Orders with unpaid invoices. */
  readonly open: readonly InvoiceOrder[];
  readonly overdue: readonly InvoiceOrder[];
}

/** Reads an account's request, and computes its eligibility and its overdue invoices from its orders. */
export async function readInvoicing(deps: InvoicingNeeds, accountId: string): Promise<InvoicingState> {
  const now = deps.clock();
  const [invoicing, catalog, bought, open] = await Promise.all([
    deps.invoicing.find(accountId),
    deps.catalog.current(),
    deps.orders.listPaidSince(accountId, eligibleSince(now)),
    deps.orders.listOpenInvoices(accountId),
  ]);
  const overdue = open.filter((order) => isOverdue(order, now));
  return { invoicing, eligibility: eligibilityOf(bought, catalog, now), open, overdue };
}

/**
 * Records that an account asks to pay by invoice. Repeating the call changes nothing.
 * @throws INVOICING_NOT_ELIGIBLE
 */
export async function askForInvoicing(deps: InvoicingNeeds, accountId: string): Promise<InvoicingState> {
  const now = deps.clock();
  const state = await readInvoicing(deps, accountId);
  const invoicing = await runUnitOfWork(deps.db, async (unit) => {
    const before = await deps.invoicing.findIn(unit, accountId);
    const next = asked(before, accountId, now);
    if (next === before) return before;
    if (!state.eligibility.isEligible) throw notEligible(state.eligibility);
    deps.invoicing.writeIn(unit, before, next);
    return next;
  });
  return { ...state, invoicing };
}

/**
 * Records an operator's decision on an account's request. An approval lasts until an operator declines, whatever the
 * account buys later; open invoices stay open after that.
 * @throws INVOICING_NOT_FOUND, IDEMPOTENCY_KEY_REUSED
 */
export async function decideOnInvoicing(
  deps: InvoicingNeeds,
  operator: OperatorRequest,
  accountId: string,
  decision: InvoicingDecision,
): Promise<{ invoicing: Invoicing; replayed: boolean }> {
  const now = deps.clock();
  return runUnitOfWork(deps.db, async (unit) => {
    const before = await deps.invoicing.findIn(unit, accountId);
    if (!before) throw invoicingNotFound();
    // A repeated request doesn't undo a decision that was made since.
    const record = await deps.auditLog.findIn(unit, operator);
    if (record) return { invoicing: asRecorded(before, record), replayed: isOfEarlierRequest(record, operator) };
    const next = decided(before, decision, operator.actorId, now);
    const hasChanged = next !== before;
    if (hasChanged) deps.invoicing.writeIn(unit, before, next);
    if (mustRecord(operator, hasChanged)) {
      deps.auditLog.recordIn(unit, operator, decisionRecord(before, next), now);
    }
    return { invoicing: next, replayed: false };
  });
}

function decisionRecord(before: Invoicing, next: Invoicing) {
  const summaryOf = ({ status, daysUntilDue }: Invoicing) => ({ status, daysUntilDue });
  const { id, reason } = next;
  return {
    targetId: id,
    accountId: id,
    before: summaryOf(before),
    after: summaryOf(next),
    reason,
    result: { ...next },
  };
}
