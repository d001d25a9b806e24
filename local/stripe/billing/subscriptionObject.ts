import { StripeError } from '../api/stripeError.ts';
import { createId } from '../ids.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount, WirePlan, WirePrice, WireSubscription, WireSubscriptionItem } from '../localAccount.ts';
import { unitAmountIn } from './invoiceLines.ts';
import { periodEnd } from './recurrence.ts';

/** The contents of a new subscription. */
export interface SubscriptionSpec {
  customer: Stripe.Customer;
  items: readonly { price: WirePrice; quantity: number; metadata: Stripe.Metadata }[];
  currency: string;
  defaultPaymentMethod: string | null;
  description: string | null;
  metadata: Stripe.Metadata;
  cancelAtPeriodEnd: boolean;
  savesPaymentMethod: boolean;
  /** Discount of a coupon of duration `once` on the first invoice, in minor units. */
  firstDiscount?: number;
}

/**
 * Creates a subscription whose first period begins now, not yet added to the account.
 *
 * @throws StripeError when the prices have different intervals or aren't recurring
 */
export function newSubscription(account: LocalAccount, spec: SubscriptionSpec): WireSubscription {
  const now = account.clock.nowSeconds();
  const id = createId('sub_1', 23);
  requireOneInterval(spec.items.map(({ price }) => price));
  const items = spec.items.map(({ price, quantity, metadata }) => {
    unitAmountIn(account, price, spec.currency);
    return newItem(account, { subscription: id, price, quantity, metadata, anchor: now });
  });
  const end = items[0]?.current_period_end ?? now;
  return {
    id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: now,
    billing_cycle_anchor_config: null,
    billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible' },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: spec.cancelAtPeriodEnd ? end : null,
    cancel_at_period_end: spec.cancelAtPeriodEnd,
    canceled_at: spec.cancelAtPeriodEnd ? now : null,
    cancellation_details: {
      comment: null,
      feedback: null,
      feedback_option: null,
      reason: spec.cancelAtPeriodEnd ? 'cancellation_requested' : null,
    },
    collection_method: 'charge_automatically',
    created: now,
    currency: spec.currency,
    customer: spec.customer.id,
    customer_account: null,
    days_until_due: null,
    default_payment_method: spec.defaultPaymentMethod,
    default_source: null,
    default_tax_rates: [],
    description: spec.description,
    discounts: [],
    ended_at: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    items: { object: 'list', data: items, has_more: false, url: `/v1/subscription_items?subscription=${id}` },
    latest_invoice: null,
    livemode: false,
    managed_payments: null,
    metadata: spec.metadata,
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: spec.savesPaymentMethod ? 'on_subscription' : 'off',
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: now,
    status: 'incomplete',
    test_clock: spec.customer.test_clock ?? null,
    transfer_data: null,
    trial_end: null,
    trial_settings: { end_behavior: { billing_cycle_anchor: null, missing_payment_method: 'create_invoice' } },
    trial_start: null,
  };
}

/** Creates an item whose period begins now. */
function newItem(
  account: LocalAccount,
  item: { subscription: string; price: WirePrice; quantity: number; metadata: Stripe.Metadata; anchor: number },
): WireSubscriptionItem {
  const now = account.clock.nowSeconds();
  return {
    id: createId('si_', 14),
    object: 'subscription_item',
    billing_thresholds: null,
    created: now,
    current_period_end: periodEnd(item.anchor, recurrenceOf(item.price), now),
    current_period_start: now,
    current_trial: null,
    discounts: [],
    metadata: item.metadata,
    plan: planOf(item.price),
    price: item.price,
    quantity: item.quantity,
    subscription: item.subscription,
    tax_rates: [],
  };
}

/** Changes the price of an item; the period of the item stays. */
export function setPrice(item: WireSubscriptionItem, price: WirePrice): void {
  item.price = price;
  item.plan = planOf(price);
}

/**
 * Returns the recurrence of a price.
 *
 * @throws StripeError when the price isn't recurring
 */
export function recurrenceOf(price: WirePrice): Stripe.Price.Recurring {
  if (price.recurring) return price.recurring;
  throw StripeError.invalid(
    `The price specified is set to \`type=one_time\` but this field only accepts prices with \`type=recurring\`.`,
    { param: 'items[0][price]' },
  );
}

function requireOneInterval(prices: readonly WirePrice[]): void {
  const intervals = new Set(prices.map((price) => JSON.stringify(recurrenceOf(price))));
  if (intervals.size > 1) {
    throw StripeError.invalid('Currently, all items of one subscription must have the same billing interval.');
  }
}

/** Returns the plan of a price: the older view of a recurring price, which Stripe still sends. */
function planOf(price: WirePrice): WirePlan {
  const { interval, interval_count, trial_period_days, usage_type } = recurrenceOf(price);
  return {
    id: price.id,
    object: 'plan',
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: 'per_unit',
    created: price.created,
    currency: price.currency,
    interval,
    interval_count,
    livemode: false,
    metadata: price.metadata,
    meter: null,
    nickname: price.nickname,
    product: price.product,
    tiers_mode: null,
    transform_usage: null,
    trial_period_days,
    usage_type,
  };
}
