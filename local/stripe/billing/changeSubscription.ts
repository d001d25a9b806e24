import { StripeError } from '../api/stripeError.ts';
import { previousAttributes } from '../changes.ts';
import { idOf } from '../idOf.ts';
import type { Stripe } from '../installedStripe.ts';
import type {
  LocalAccount,
  WireInvoice,
  WireInvoiceLine,
  WireSubscription,
  WireSubscriptionItem,
} from '../localAccount.ts';
import { mergeMetadata } from '../metadata.ts';
import { attemptPayment } from '../payments/confirm.ts';
import { usePaymentMethod } from '../resources/paymentMethods.ts';
import { collect, defaultMethodOf, settleInvoice } from './collect.ts';
import { addInvoice, createInvoiceIntent, finalizeInvoice } from './invoiceLife.ts';
import { periodLine, prorationLine, unitAmountIn } from './invoiceLines.ts';
import { draftInvoice } from './invoiceObject.ts';
import { periodEnd } from './recurrence.ts';
import { recurrenceOf, setPrice } from './subscriptionObject.ts';

type Params = Stripe.SubscriptionUpdateParams;

/**
 * Changes a subscription. A new price takes effect at once. `proration_behavior` decides whether the difference for the
 * rest of the period is invoiced now, with the next invoice, or never. A new interval starts a new period.
 *
 * @throws StripeError when Stripe would refuse the change. With `error_if_incomplete` a failed payment is a 402, and
 *   the subscription stays unchanged.
 */
export function changeSubscription(account: LocalAccount, subscription: WireSubscription, params: Params): void {
  requireNotEnded(subscription);
  const draft = structuredClone(subscription);
  setFields(account, draft, params);
  const behavior = params.proration_behavior ?? 'create_prorations';
  const change = changeItems(account, draft, params.items ?? [], behavior);
  if (params.cancel_at_period_end !== undefined) setCancelAtPeriodEnd(account, draft, params.cancel_at_period_end);
  const isInvoicedNow = change.beginsPeriod || (behavior === 'always_invoice' && change.lines.length > 0);
  const lines = [...(isInvoicedNow ? takePending(account, draft) : []), ...change.lines];
  const invoice = isInvoicedNow ? draftInvoice(account, draft, { reason: 'subscription_update', lines }) : undefined;
  const intent =
    invoice && params.payment_behavior === 'error_if_incomplete' ? payFirst(account, draft, invoice) : undefined;
  if (invoice) draft.latest_invoice = invoice.id;
  else if (lines.length > 0)
    account.pendingLines.set(draft.id, [...(account.pendingLines.get(draft.id) ?? []), ...lines]);

  const previous = previousAttributes(subscription, draft);
  Object.assign(subscription, draft);
  if (previous) account.emit('customer.subscription.updated', subscription, previous);
  if (invoice) bill(account, invoice, intent);
}

/** Removes and returns the prorations that wait for the subscription's next invoice. */
export function takePending(account: LocalAccount, { id }: { id: string }): WireInvoiceLine[] {
  const lines = account.pendingLines.get(id) ?? [];
  account.pendingLines.delete(id);
  return lines;
}

function bill(account: LocalAccount, invoice: WireInvoice, intent: Stripe.PaymentIntent | undefined): void {
  addInvoice(account, invoice);
  finalizeInvoice(account, invoice, intent);
  if (intent?.status === 'succeeded') settleInvoice(account, invoice);
  else collect(account, invoice, { offSession: true });
}

function payFirst(
  account: LocalAccount,
  subscription: WireSubscription,
  invoice: WireInvoice,
): Stripe.PaymentIntent | undefined {
  if (invoice.amount_due === 0) return undefined;
  const method = defaultMethodOf(account, idOf(subscription.customer) ?? '', subscription);
  if (!method) throw StripeError.invalid('This customer has no attached payment source or default payment method.');
  const intent = createInvoiceIntent(account, invoice);
  attemptPayment(account, intent, method, { offSession: true, errorOnRequiresAction: true });
  return intent;
}

function requireNotEnded(subscription: WireSubscription): void {
  if (subscription.status !== 'canceled' && subscription.status !== 'incomplete_expired') return;
  throw StripeError.invalid('A canceled subscription can only update its cancellation_details and metadata.');
}

function setFields(account: LocalAccount, subscription: WireSubscription, params: Params): void {
  subscription.metadata = mergeMetadata(subscription.metadata, params.metadata ?? undefined);
  if (params.description !== undefined) subscription.description = params.description || null;
  if (params.default_payment_method !== undefined) {
    const method = usePaymentMethod(account, params.default_payment_method, 'default_payment_method');
    subscription.default_payment_method = requireOwned(subscription, method).id;
  }
}

function requireOwned(subscription: WireSubscription, method: Stripe.PaymentMethod): Stripe.PaymentMethod {
  if (idOf(method.customer) === idOf(subscription.customer)) return method;
  throw StripeError.invalid(
    `The customer does not have a payment method with the ID ${method.id}. The payment method must be attached to ` +
      'the customer.',
    { code: 'resource_missing', param: 'default_payment_method' },
  );
}

function setCancelAtPeriodEnd(account: LocalAccount, subscription: WireSubscription, isWanted: boolean): void {
  if (subscription.cancel_at_period_end === isWanted) return;
  subscription.cancel_at_period_end = isWanted;
  subscription.cancel_at = isWanted ? (subscription.items.data[0]?.current_period_end ?? null) : null;
  subscription.canceled_at = isWanted ? account.clock.nowSeconds() : null;
  if (subscription.cancellation_details) {
    subscription.cancellation_details.reason = isWanted ? 'cancellation_requested' : null;
  }
}

function changeItems(
  account: LocalAccount,
  subscription: WireSubscription,
  changes: readonly Stripe.SubscriptionUpdateParams.Item[],
  behavior: string,
): { lines: WireInvoiceLine[]; beginsPeriod: boolean } {
  const lines: WireInvoiceLine[] = [];
  let beginsPeriod = false;
  for (const [index, change] of changes.entries()) {
    const item = requireItem(subscription, change.id, `items[${index}][id]`);
    const result = changeItem(account, subscription, item, change, behavior);
    lines.push(...result.lines);
    beginsPeriod ||= result.beginsPeriod;
  }
  return { lines, beginsPeriod };
}

function changeItem(
  account: LocalAccount,
  subscription: WireSubscription,
  item: WireSubscriptionItem,
  change: Stripe.SubscriptionUpdateParams.Item,
  behavior: string,
): { lines: WireInvoiceLine[]; beginsPeriod: boolean } {
  const now = account.clock.nowSeconds();
  const price = change.price === undefined ? item.price : account.prices.get(change.price, 'items[0][price]');
  const quantity = change.quantity ?? item.quantity ?? 1;
  if (price.id === item.price.id && quantity === item.quantity) return { lines: [], beginsPeriod: false };
  if (!price.active)
    throw StripeError.invalid('The price specified is inactive. This field only accepts active prices.', {
      param: 'items[0][price]',
    });
  unitAmountIn(account, price, subscription.currency);
  const { interval, interval_count } = recurrenceOf(price);
  const old = recurrenceOf(item.price);
  const beginsPeriod = interval !== old.interval || interval_count !== old.interval_count;
  const lines = behavior === 'none' ? [] : [prorationLine(account, subscription, item, { sign: -1, now })];
  setPrice(item, price);
  item.quantity = quantity;
  if (beginsPeriod) {
    subscription.billing_cycle_anchor = now;
    item.current_period_start = now;
    item.current_period_end = periodEnd(now, recurrenceOf(price), now);
    lines.push(periodLine(account, subscription, item));
  } else if (behavior !== 'none') {
    lines.push(prorationLine(account, subscription, item, { sign: 1, now }));
  }
  return { lines, beginsPeriod };
}

function requireItem(subscription: WireSubscription, id: string | undefined, param: string): WireSubscriptionItem {
  if (id === undefined) {
    throw StripeError.invalid('The local Stripe does not implement adding items to a subscription yet.', { param });
  }
  const item = subscription.items.data.find((candidate) => candidate.id === id);
  if (!item) throw StripeError.noSuch('subscription item', id, param);
  return item;
}
