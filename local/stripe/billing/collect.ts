import { StripeError } from '../api/stripeError.ts';
import { previousAttributes } from '../changes.ts';
import { idOf } from '../idOf.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount, WireInvoice, WireSubscription } from '../localAccount.ts';
import { attemptPayment } from '../payments/confirm.ts';
import { endSubscription } from './endSubscription.ts';
import { intentOfInvoice, invoiceOfIntent, markPaid } from './invoiceLife.ts';

const DAY_SECONDS = 24 * 60 * 60;
/** Days from each failed attempt to collect to the next; after the last attempt the subscription is canceled. */
const RETRY_DAYS = [3, 5, 7];

/** An attempt to collect an invoice. */
export interface Collection {
  /** Payment method; default: the subscription's, else the customer's default method. */
  method?: Stripe.PaymentMethod;
  offSession: boolean;
  /** Whether the attempt was requested; such an attempt does not change the times of the automatic retries. */
  isOutOfTurn?: boolean;
}

/**
 * Returns the payment method to charge by default: the subscription's own method, else the customer's default.
 *
 * @param subscription null for an invoice without a subscription
 */
export function defaultMethodOf(
  account: LocalAccount,
  customerId: string,
  subscription: Pick<WireSubscription, 'default_payment_method'> | null,
): Stripe.PaymentMethod | undefined {
  const customer = account.customers.get(customerId);
  const id = idOf(subscription?.default_payment_method) ?? idOf(customer.invoice_settings.default_payment_method);
  return account.paymentMethods.find(id ?? '');
}

/** Attempts to collect an open invoice. The result is in the status of the invoice and of its subscription. */
export function collect(
  account: LocalAccount,
  invoice: WireInvoice,
  { method, offSession, isOutOfTurn }: Collection,
): void {
  const subscription = subscriptionOf(account, invoice);
  const intent = intentOfInvoice(account, invoice);
  if (invoice.status !== 'open' || !intent) return;
  const chosen = method ?? defaultMethodOf(account, idOf(invoice.customer) ?? '', subscription ?? null);
  if (!isOutOfTurn) invoice.attempt_count += 1;
  invoice.attempted = true;
  try {
    if (chosen) attemptPayment(account, intent, chosen, { offSession, errorOnRequiresAction: false });
  } catch (error) {
    // The payment intent has the reason of the refusal; the invoice only stays unpaid.
    if (!(error instanceof StripeError)) throw error;
  }
  if (intent.status === 'succeeded') settleInvoice(account, invoice);
  else if (intent.status !== 'processing') failInvoice(account, invoice, intent, isOutOfTurn);
}

/** Marks an open invoice as paid when its payment succeeded, and makes its subscription active again. */
export function settleInvoice(account: LocalAccount, invoice: WireInvoice): void {
  if (invoice.status !== 'open') return;
  markPaid(account, invoice);
  const subscription = subscriptionOf(account, invoice);
  if (subscription && subscription.latest_invoice === invoice.id) setStatus(account, subscription, 'active');
}

/** Settles the invoice that a successful payment belongs to, if there is such an invoice. */
export function settleInvoiceOf(account: LocalAccount, intent: Stripe.PaymentIntent): void {
  const invoice = invoiceOfIntent(account, intent);
  if (invoice && intent.status === 'succeeded') settleInvoice(account, invoice);
}

/**
 * Handles a failed attempt to collect an invoice: schedules the next attempt, or cancels the subscription after the
 * last attempt. A requested attempt leaves this schedule unchanged.
 */
export function failInvoice(
  account: LocalAccount,
  invoice: WireInvoice,
  intent: Stripe.PaymentIntent,
  isOutOfTurn = false,
): void {
  const subscription = subscriptionOf(account, invoice);
  const isScheduled = !isOutOfTurn && subscription?.status !== 'incomplete';
  const retryDays = RETRY_DAYS[invoice.attempt_count - 1];
  if (isScheduled) {
    invoice.next_payment_attempt =
      retryDays === undefined ? null : account.clock.nowSeconds() + retryDays * DAY_SECONDS;
  }
  tellOfFailure(account, invoice, intent);
  if (!subscription || !isScheduled) return;
  if (retryDays === undefined) endSubscription(account, subscription, 'payment_failed');
  else setStatus(account, subscription, 'past_due');
}

function tellOfFailure(account: LocalAccount, invoice: WireInvoice, intent: Stripe.PaymentIntent): void {
  const needsCustomer =
    intent.status === 'requires_action' || intent.last_payment_error?.code === 'authentication_required';
  if (needsCustomer) account.emit('invoice.payment_action_required', invoice);
  if (intent.status !== 'requires_action') account.emit('invoice.payment_failed', invoice);
}

/** Returns the subscription that an invoice belongs to; undefined for an invoice without a subscription. */
function subscriptionOf(account: LocalAccount, invoice: WireInvoice): WireSubscription | undefined {
  return account.subscriptions.find(idOf(invoice.parent?.subscription_details?.subscription) ?? '');
}

/** Changes the status of a subscription that hasn't ended, and emits an event about the change. */
export function setStatus(
  account: LocalAccount,
  subscription: WireSubscription,
  status: 'active' | 'past_due' | 'incomplete_expired',
): void {
  if (subscription.status === status || subscription.ended_at !== null) return;
  const before = structuredClone(subscription);
  subscription.status = status;
  account.emit('customer.subscription.updated', subscription, previousAttributes(before, subscription));
}
