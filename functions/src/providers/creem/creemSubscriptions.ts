import { type Clock, isoTime } from '@cloud-bridge/base';
import * as z from 'zod';
import { PLAN_INTERVALS, type PlanPeriod } from '../../catalog/planOffer.ts';
import type { Checkout } from '../../sales/payments/paymentProvider.ts';
import type {
  PaidInvoice,
  SubscriptionCheckout,
  SubscriptionProvider,
  SubscriptionTruth,
} from '../../sales/payments/subscriptionProvider.ts';
import type { SubscriptionStatus } from '../../sales/payments/subscriptionStatus.ts';
import { isSubscriptionId } from '../../sales/subscriptions/subscription.ts';
import { planChangeNotSupported } from './creem.errors.ts';
import {
  type CreemSubscription,
  type CreemTransaction,
  checkoutSchema,
  subscriptionSchema,
  transactionSchema,
} from './creem.schemas.ts';
import { openPage } from './creemCheckouts.ts';
import type { CreemClient } from './creemClient.ts';
import { currencyOf } from './creemProducts.ts';
import { listTransactions } from './creemTransactions.ts';

/** Number of latest invoices that are read: more than are ever paid between two syncs of a subscription. */
const INVOICES_LOOKED_AT = 20;

/** Finds the plan period that a Creem product sells, according to the catalog; null if the product isn't a plan's. */
export type PeriodOfProduct = (productId: string) => Promise<PlanPeriod | null>;

/** Opens, reads and changes subscriptions at Creem. */
export class CreemSubscriptions implements SubscriptionProvider {
  readonly #client: CreemClient;
  readonly #clock: Clock;
  readonly #periodOfProduct: PeriodOfProduct;

  constructor(client: CreemClient, clock: Clock, periodOfProduct: PeriodOfProduct) {
    this.#client = client;
    this.#clock = clock;
    this.#periodOfProduct = periodOfProduct;
  }

  openCheckout(request: SubscriptionCheckout): Promise<Checkout> {
    const { interval, currency, unitAmountMinor } = request.offer;
    const billingPeriod = interval === 'term' ? null : (`every-${interval}` as const);
    const demand = { billing: 'recurring', billingPeriod, currency, unitAmountMinor } as const;
    return openPage(this.#client, this.#clock, { ...request, metadata: metadataOf(request) }, demand);
  }

  async fetchCheckout(sessionId: string) {
    const { subscription, status } = await this.#client.get(
      '/v1/checkouts',
      { checkout_id: sessionId },
      { schema: checkoutSchema },
    );
    return { providerSubscriptionId: subscription ?? null, isExpired: status === 'expired' };
  }

  async fetch(providerSubscriptionId: string): Promise<SubscriptionTruth> {
    // Read the subscription first: if it has ended, the payments that are read afterwards are complete.
    const subscription = await this.#subscription(providerSubscriptionId);
    const paid = await this.#paidTransactions(subscription);
    const next = await this.#periodOf(subscription);
    return {
      ...subscriptionTruth(subscription),
      currency: paid[0] ? currencyOf(paid[0]) : null,
      next,
      paidInvoices: paid
        .map((transaction, index) => paidInvoice(transaction, next, index === 0))
        .slice(-INVOICES_LOOKED_AT),
    };
  }

  /** Returns null: if a page's id got lost, nobody has seen the page, so there is no subscription. */
  async findId(): Promise<string | null> {
    return null;
  }

  async setCancelAtPeriodEnd(providerSubscriptionId: string, cancelAtPeriodEnd: boolean): Promise<void> {
    const subscription = await this.#subscription(providerSubscriptionId);
    if ((subscription.status === 'scheduled_cancel') === cancelAtPeriodEnd) return;
    const path = `/v1/subscriptions/${encodeURIComponent(providerSubscriptionId)}`;
    const reading = { schema: subscriptionSchema };
    if (cancelAtPeriodEnd) {
      await this.#client.post(`${path}/cancel`, { mode: 'scheduled', onExecute: 'cancel' }, reading);
    } else await this.#client.post(`${path}/resume`, {}, reading);
  }

  async changePlan(): Promise<never> {
    throw planChangeNotSupported();
  }

  #subscription(id: string): Promise<CreemSubscription> {
    return this.#client.get('/v1/subscriptions', { subscription_id: id }, { schema: subscriptionSchema });
  }

  /** Lists the payments of a subscription, oldest first. */
  async #paidTransactions({ id, customer, last_transaction_id }: CreemSubscription): Promise<CreemTransaction[]> {
    const found = new Map<string, CreemTransaction>();
    for await (const transaction of listTransactions(this.#client, { customer_id: customer })) {
      if (transaction.subscription === id) found.set(transaction.id, transaction);
    }
    // Creem's list may lag behind.
    if (last_transaction_id && !found.has(last_transaction_id)) {
      const query = { transaction_id: last_transaction_id };
      const last = await this.#client.get('/v1/transactions', query, { schema: transactionSchema });
      found.set(last.id, last);
    }
    return [...found.values()].filter(wasPaid).toSorted((a, b) => a.created_at - b.created_at);
  }

  /** Returns the period that the subscription's product sells: as ordered, unless the product was changed at Creem. */
  async #periodOf({ product, metadata }: CreemSubscription): Promise<PlanPeriod | null> {
    return periodIn(metadata, product) ?? this.#periodOfProduct(product);
  }
}

/** The metadata of a subscription: the plan as sold, which doesn't depend on later changes of the catalog. */
const metadataSchema = z.object({
  productId: z.string(),
  planSlug: z.string().min(1),
  planName: z.string().min(1),
  interval: z.enum(PLAN_INTERVALS),
  termDays: z.coerce.number().pipe(z.int().min(1)).nullable().catch(null),
  credits: z.coerce.number().pipe(z.int().min(1)),
});

function metadataOf({ orderId, accountId, subscriptionId, productId, offer, seal }: SubscriptionCheckout) {
  const { planSlug, planName, interval, termDays, credits } = offer;
  return {
    orderId,
    accountId,
    subscriptionId,
    productId: productId ?? '',
    planSlug,
    planName,
    interval,
    ...(termDays !== null && { termDays: String(termDays) }),
    credits: String(credits),
    ...seal,
  };
}

/** Returns the period that a product sells according to a subscription's metadata; null if they name another one. */
export function periodIn(metadata: CreemSubscription['metadata'], product: string): PlanPeriod | null {
  const { data } = metadataSchema.safeParse(metadata);
  if (data?.productId !== product) return null;
  const { productId: _, ...period } = data;
  return period;
}

const PAID = ['paid', 'refunded', 'partialRefund', 'chargeback', 'chargedBack', 'charged_back'];

/**
 * Returns true for a payment that was made, even if it was refunded or disputed later. An amount of 0 (a trial) or less
 * is no payment.
 */
function wasPaid({ status, amount }: CreemTransaction): boolean {
  return PAID.includes(status) && amount > 0;
}

/** Translates a payment of a subscription into a paid invoice. */
export function paidInvoice(transaction: CreemTransaction, sold: PlanPeriod | null, isFirst: boolean): PaidInvoice {
  const { id, created_at, period_end, tax_amount } = transaction;
  return {
    id,
    paymentId: id,
    paidAt: isoTime(created_at),
    amountPaidMinor: transaction.amount_paid ?? transaction.amount,
    unitAmountMinor: transaction.amount,
    taxAmountMinor: tax_amount ?? 0,
    url: null,
    period: sold && period_end ? { ...sold, endsAt: isoTime(period_end) } : null,
    isFirst,
  };
}

const STATUSES: Readonly<Record<string, SubscriptionStatus>> = {
  active: 'active',
  trialing: 'active',
  scheduled_cancel: 'active',
  past_due: 'past_due',
  unpaid: 'past_due',
  paused: 'past_due',
  // The period has ended unpaid, but may still be paid; a subscription is only over once it is canceled.
  expired: 'past_due',
  canceled: 'canceled',
};

/** Translates a subscription, except for the fields that come from its payments. */
export function subscriptionTruth(
  subscription: CreemSubscription,
): Omit<SubscriptionTruth, 'next' | 'paidInvoices' | 'currency'> {
  const { id, customer, metadata, updated_at } = subscription;
  const status = STATUSES[subscription.status] ?? 'past_due';
  const subscriptionId = metadata?.subscriptionId;
  return {
    providerSubscriptionId: id,
    subscriptionId: typeof subscriptionId === 'string' && isSubscriptionId(subscriptionId) ? subscriptionId : null,
    metadata,
    productId: subscription.product,
    customerId: customer,
    status,
    cancelAtPeriodEnd: subscription.status === 'scheduled_cancel',
    currentPeriodStartAt: subscription.current_period_start_date ?? null,
    currentPeriodEndAt: subscription.current_period_end_date ?? null,
    endedAt: status === 'canceled' ? (subscription.canceled_at ?? updated_at) : null,
    lastPaymentError: status === 'past_due' ? NOT_PAID : null,
  };
}

const NOT_PAID = { code: 'renewal_not_paid', message: 'The current period has not been paid.' };
