import { StripeError } from '../api/stripeError.ts';
import { previousAttributes } from '../changes.ts';
import { idOf } from '../idOf.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount, WireInvoice, WireSubscription } from '../localAccount.ts';
import * as attempts from '../payments/attempts.ts';
import { attemptPayment } from '../payments/confirm.ts';
import { collect, defaultMethodOf, setStatus } from './collect.ts';
import { addInvoice, createInvoiceIntent, finalizeInvoice, markPaid } from './invoiceLife.ts';
import { periodLine } from './invoiceLines.ts';
import { draftInvoice } from './invoiceObject.ts';
import { newSubscription, type SubscriptionSpec } from './subscriptionObject.ts';

/** How the first invoice is paid. The behaviors are named after Stripe's `payment_behavior`. */
export type FirstPayment =
  | { behavior: 'allow_incomplete'; offSession: boolean }
  | { behavior: 'default_incomplete' }
  | { behavior: 'error_if_incomplete'; offSession: boolean }
  /** Paid by a payment that a Checkout page has made or started. */
  | { behavior: 'made'; intent: Stripe.PaymentIntent };

/**
 * Starts a subscription and collects its first invoice.
 *
 * @throws StripeError when Stripe would refuse the request. With `error_if_incomplete` a failed payment is a 402, and
 *   no subscription is created.
 */
export function startSubscription(
  account: LocalAccount,
  spec: SubscriptionSpec,
  first: FirstPayment,
): WireSubscription {
  requireOneCurrency(account, spec);
  const subscription = newSubscription(account, spec);
  const lines = subscription.items.data.map((item) => periodLine(account, subscription, item));
  const invoice = draftInvoice(account, subscription, {
    reason: 'subscription_create',
    lines,
    discount: spec.firstDiscount ?? 0,
  });
  if (first.behavior !== 'default_incomplete' && first.behavior !== 'made') requireMethod(account, spec, invoice);
  const intent = first.behavior === 'made' ? first.intent : undefined;
  const paid = first.behavior === 'error_if_incomplete' ? payFirst(account, subscription, invoice, first) : intent;

  spec.customer.currency = spec.currency;
  subscription.latest_invoice = invoice.id;
  if (paid) subscription.status = 'active';
  account.subscriptions.add(subscription);
  account.emit('customer.subscription.created', subscription);
  addInvoice(account, invoice);
  finalizeInvoice(account, invoice, paid);
  if (paid && invoice.status === 'open') Object.assign(invoice, { attempt_count: 1, attempted: true });
  if (paid?.status === 'succeeded' && invoice.status === 'open') markPaid(account, invoice);
  else if (invoice.status === 'paid') setStatus(account, subscription, 'active');
  else if (first.behavior === 'allow_incomplete') collect(account, invoice, { offSession: first.offSession });
  keepMethod(account, subscription, paid);
  return subscription;
}

/** Pays before any other object is created, so that a refused payment leaves no objects. */
function payFirst(
  account: LocalAccount,
  subscription: WireSubscription,
  invoice: WireInvoice,
  { offSession }: { offSession: boolean },
): Stripe.PaymentIntent | undefined {
  const method = defaultMethodOf(account, idOf(subscription.customer) ?? '', subscription);
  if (invoice.amount_due === 0 || !method) return undefined;
  const intent = createInvoiceIntent(account, invoice);
  try {
    attemptPayment(account, intent, method, { offSession, errorOnRequiresAction: true });
  } catch (error) {
    attempts.cancel(account, intent, 'void_invoice');
    throw error;
  }
  return intent;
}

/** For `save_default_payment_method: on_subscription`: keeps the first payment's method for renewals. */
function keepMethod(
  account: LocalAccount,
  subscription: WireSubscription,
  intent: Stripe.PaymentIntent | undefined,
): void {
  const method = idOf(intent?.payment_method);
  const isWanted = subscription.payment_settings?.save_default_payment_method === 'on_subscription';
  if (!method || !isWanted || subscription.default_payment_method) return;
  const before = structuredClone(subscription);
  subscription.default_payment_method = method;
  account.emit('customer.subscription.updated', subscription, previousAttributes(before, subscription));
}

function requireMethod(account: LocalAccount, spec: SubscriptionSpec, invoice: WireInvoice): void {
  if (invoice.amount_due === 0) return;
  if (defaultMethodOf(account, spec.customer.id, { default_payment_method: spec.defaultPaymentMethod })) return;
  throw StripeError.invalid(
    'This customer has no attached payment source or default payment method. Please consider adding a default ' +
      'payment method.',
    { code: 'resource_missing' },
  );
}

function requireOneCurrency(account: LocalAccount, { customer, currency }: SubscriptionSpec): void {
  const other = account.subscriptions
    .newestFirst()
    .find((subscription) => idOf(subscription.customer) === customer.id && !hasEnded(subscription));
  if (!other || other.currency === currency) return;
  throw StripeError.invalid(
    'You cannot combine currencies on a single customer. This customer has an active subscription, subscription ' +
      `schedule, discount, quote, or invoice item with currency ${other.currency}.`,
  );
}

function hasEnded({ status }: WireSubscription): boolean {
  return status === 'canceled' || status === 'incomplete_expired';
}
