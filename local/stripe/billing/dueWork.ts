import { idOf } from '../idOf.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount, WireInvoice, WireSubscription } from '../localAccount.ts';
import { takePending } from './changeSubscription.ts';
import { collect, setStatus } from './collect.ts';
import { endSubscription } from './endSubscription.ts';
import { addInvoice, finalizeInvoice, voidInvoice } from './invoiceLife.ts';
import { periodLine } from './invoiceLines.ts';
import { draftInvoice } from './invoiceObject.ts';
import { periodEnd } from './recurrence.ts';
import { recurrenceOf } from './subscriptionObject.ts';

/** Seconds for which the invoice of a renewal stays a draft. */
const DRAFT_SECONDS = 60 * 60;
/** Seconds within which the first invoice of a subscription must be paid. */
const INCOMPLETE_SECONDS = 23 * 60 * 60;

interface DueWork {
  at: number;
  run(): void;
}

/** Does all due work of customers without a test clock. */
export function runDueWork(account: LocalAccount): void {
  runUntil(account, null, account.clock.nowSeconds());
}

/** Moves a test clock forward, and does all work that becomes due on the way, each piece at its own time. */
export function advanceTestClock(
  account: LocalAccount,
  clock: Stripe.TestHelpers.TestClock,
  targetSeconds: number,
): void {
  runUntil(account, clock, targetSeconds);
  clock.frozen_time = targetSeconds;
}

function runUntil(account: LocalAccount, clock: Stripe.TestHelpers.TestClock | null, targetSeconds: number): void {
  for (;;) {
    const next = firstDue(account, clock);
    if (!next || next.at > targetSeconds) return;
    if (clock) clock.frozen_time = Math.max(clock.frozen_time, next.at);
    account.clock.pinned(next.at, next.run);
  }
}

function firstDue(account: LocalAccount, clock: Stripe.TestHelpers.TestClock | null): DueWork | undefined {
  const isInTime = (object: { test_clock: WireInvoice['test_clock'] }) =>
    idOf(object.test_clock) === (clock?.id ?? null);
  return [
    ...account.subscriptions
      .newestFirst()
      .filter(isInTime)
      .flatMap((subscription) => dueWorkOf(account, subscription)),
    ...account.invoices
      .newestFirst()
      .filter(isInTime)
      .flatMap((invoice) => overdueWork(account, invoice)),
  ].sort((a, b) => a.at - b.at)[0];
}

/** Invoices for which the event `invoice.overdue` has been emitted. */
const overdue = new WeakSet<WireInvoice>();

function overdueWork(account: LocalAccount, invoice: WireInvoice): DueWork[] {
  if (invoice.status !== 'open' || invoice.due_date === null || overdue.has(invoice)) return [];
  const run = () => {
    overdue.add(invoice);
    account.emit('invoice.overdue', invoice);
  };
  return [{ at: invoice.due_date, run }];
}

function dueWorkOf(account: LocalAccount, subscription: WireSubscription): DueWork[] {
  if (subscription.status === 'canceled' || subscription.status === 'incomplete_expired') return [];
  if (subscription.status === 'incomplete') {
    return [{ at: subscription.created + INCOMPLETE_SECONDS, run: () => expireIncomplete(account, subscription) }];
  }
  const renewsAt = subscription.items.data[0]?.current_period_end ?? Number.POSITIVE_INFINITY;
  return [
    ...invoicesOf(account, subscription).flatMap((invoice) => invoiceWork(account, invoice)),
    { at: renewsAt, run: () => endPeriod(account, subscription) },
  ];
}

function invoiceWork(account: LocalAccount, invoice: WireInvoice): DueWork[] {
  if (invoice.status === 'draft' && invoice.automatically_finalizes_at !== null) {
    return [{ at: invoice.automatically_finalizes_at, run: () => finalizeAndCollect(account, invoice) }];
  }
  if (invoice.status === 'open' && invoice.next_payment_attempt !== null) {
    return [{ at: invoice.next_payment_attempt, run: () => collect(account, invoice, { offSession: true }) }];
  }
  return [];
}

function invoicesOf(account: LocalAccount, { id }: WireSubscription): WireInvoice[] {
  return account.invoices
    .newestFirst()
    .filter((invoice) => idOf(invoice.parent?.subscription_details?.subscription) === id);
}

function finalizeAndCollect(account: LocalAccount, invoice: WireInvoice): void {
  finalizeInvoice(account, invoice);
  collect(account, invoice, { offSession: true });
}

function expireIncomplete(account: LocalAccount, subscription: WireSubscription): void {
  setStatus(account, subscription, 'incomplete_expired');
  subscription.ended_at = account.clock.nowSeconds();
  for (const invoice of invoicesOf(account, subscription)) {
    if (invoice.status === 'open') voidInvoice(account, invoice);
  }
}

/** Ends the current period: starts and invoices the next period, or ends a subscription with `cancel_at_period_end`. */
function endPeriod(account: LocalAccount, subscription: WireSubscription): void {
  if (subscription.cancel_at_period_end) {
    endSubscription(account, subscription, 'cancellation_requested');
    return;
  }
  const previous = { items: structuredClone(subscription.items), latest_invoice: subscription.latest_invoice };
  for (const item of subscription.items.data) {
    item.current_period_start = item.current_period_end;
    const recurrence = recurrenceOf(item.price);
    item.current_period_end = periodEnd(subscription.billing_cycle_anchor, recurrence, item.current_period_start);
  }
  const lines = subscription.items.data.map((item) => periodLine(account, subscription, item));
  const invoice = draftInvoice(account, subscription, {
    reason: 'subscription_cycle',
    lines: [...takePending(account, subscription), ...lines],
  });
  invoice.automatically_finalizes_at = account.clock.nowSeconds() + DRAFT_SECONDS;
  subscription.latest_invoice = invoice.id;
  account.emit('customer.subscription.updated', subscription, previous);
  addInvoice(account, invoice);
}
