import { StripeError } from '../api/stripeError.ts';
import { previousAttributes } from '../changes.ts';
import { idOf } from '../idOf.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount, WireInvoice, WireSubscription } from '../localAccount.ts';
import { attemptPayment } from '../payments/confirm.ts';
import { endSubscription } from './endSubscription.ts';
import { intentOfInvoice, invoiceOfIntent, markPaid } from './invoiceLife.ts';

const DAY_SECONDS = 24 * 60 * 60;
/** Days after each failed try until the next; after the last one the subscription is canceled. */
const RETRY_DAYS = [3, 5, 7];

/** How a try to collect is made. */
export interface Collection {
  /** Another method than the subscription's or the customer's default. */
  method?: Stripe.PaymentMethod;
  offSession: boolean;
  /** Somebody asked for it, out of turn: that does not change when it is tried again by itself. */
  isOutOfTurn?: boolean;
}

/**
 * What is charged unless something else is asked for: the subscription's own method, else the customer's default.
 *
 * @param subscription null for an invoice of its own
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

/** Tries to collect an open invoice; how it went is in the invoice's and the subscription's status. */
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
    // The refusal is in the payment intent; the invoice only says that it was not paid.
    if (!(error instanceof StripeError)) throw error;
  }
  if (intent.status === 'succeeded') settleInvoice(account, invoice);
  else if (intent.status !== 'processing') failInvoice(account, invoice, intent, isOutOfTurn);
}

/** An invoice's payment has come: it is paid, and its subscription is in good standing again. */
export function settleInvoice(account: LocalAccount, invoice: WireInvoice): void {
  if (invoice.status !== 'open') return;
  markPaid(account, invoice);
  const subscription = subscriptionOf(account, invoice);
  if (subscription && subscription.latest_invoice === invoice.id) setStatus(account, subscription, 'active');
}

/** To be called when a payment has succeeded that may be an invoice's. */
export function settleInvoiceOf(account: LocalAccount, intent: Stripe.PaymentIntent): void {
  const invoice = invoiceOfIntent(account, intent);
  if (invoice && intent.status === 'succeeded') settleInvoice(account, invoice);
}

/**
 * A try to collect has failed. Unless it was out of turn, it is tried again some days later, and in the end the
 * subscription is canceled.
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

/** The subscription that an invoice is about. */
function subscriptionOf(account: LocalAccount, invoice: WireInvoice): WireSubscription | undefined {
  return account.subscriptions.find(idOf(invoice.parent?.subscription_details?.subscription) ?? '');
}

/** Changes the status of a subscription that has not ended, and tells of it. */
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
