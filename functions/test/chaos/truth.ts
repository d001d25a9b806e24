import type Stripe from 'stripe';
import type { Order } from '../../src/sales/orders/order.ts';
import { revocationTarget } from '../../src/sales/orders/reversal.ts';
import type { Subscription } from '../../src/sales/subscriptions/subscription.ts';
import type { ExpectedPayment } from './books.ts';

/** Reads all of Stripe's objects through its API. */
export interface StripeTruth {
  readonly intents: readonly Stripe.PaymentIntent[];
  readonly sessions: readonly Stripe.Checkout.Session[];
  readonly invoices: readonly Stripe.Invoice[];
  readonly refunds: readonly Stripe.Refund[];
  readonly disputes: readonly Stripe.Dispute[];
  readonly subscriptions: readonly Stripe.Subscription[];
  readonly events: readonly Stripe.Event[];
}

export async function askStripe(client: Stripe): Promise<StripeTruth> {
  const all = { limit: 100 };
  const most = { limit: 10_000 };
  const [intents, sessions, invoices, refunds, disputes, subscriptions, events] = await Promise.all([
    client.paymentIntents.list(all).autoPagingToArray(most),
    client.checkout.sessions.list(all).autoPagingToArray(most),
    client.invoices.list({ ...all, expand: ['data.payments'] }).autoPagingToArray(most),
    client.refunds.list(all).autoPagingToArray(most),
    client.disputes.list(all).autoPagingToArray(most),
    client.subscriptions.list({ ...all, status: 'all' }).autoPagingToArray(most),
    client.events.list(all).autoPagingToArray(most),
  ]);
  return { intents, sessions, invoices, refunds, disputes, subscriptions, events };
}

/** Returns the expected records of each received payment, from Stripe's objects. */
export function expectedPayments(truth: StripeTruth): ExpectedPayment[] {
  return truth.intents
    .filter(({ status }) => status === 'succeeded')
    .map((intent) => {
      const invoice = truth.invoices.find((candidate) => isPaidBy(candidate, intent));
      const details = invoice?.parent?.subscription_details;
      const credits = details ? PLAN_CREDITS[intent.amount_received] : creditsOf(intent.amount_received);
      if (credits === undefined) throw new Error(`nothing costs ${intent.amount_received}`);
      const money = gone(truth, intent);
      return {
        paymentId: intent.id,
        paidAmountMinor: intent.amount_received,
        status: statusOf(intent.amount_received, money),
        ...money,
        credits,
        revokedCredits: revocationTarget(credits, { amountMinor: intent.amount_received, ...money }),
        subscriptionId: details?.metadata?.subscriptionId ?? null,
        entryId: `stripe_${details ? invoice?.id : intent.id}`,
      };
    });
}

/** Credits of each product by its price in cents, written down independently of the catalog's code. */
const PACK_CREDITS: Readonly<Record<number, number>> = { 999: 100, 2499: 300, 4999: 700, 9999: 1_600 };
const PLAN_CREDITS: Readonly<Record<number, number>> = { 1999: 300, 4999: 1_000, 9900: 2_500, 99000: 30_000 };
const CREDITS_PER_DOLLAR = 10;

function creditsOf(amountMinor: number): number {
  return PACK_CREDITS[amountMinor] ?? (amountMinor * CREDITS_PER_DOLLAR) / 100;
}

function isPaidBy({ payments, parent }: Stripe.Invoice, intent: Stripe.PaymentIntent): boolean {
  const ids = payments?.data.map(({ payment }) => payment.payment_intent) ?? [];
  return parent?.type === 'subscription_details' && ids.some((id) => id === intent.id);
}

function gone(truth: StripeTruth, { id }: Stripe.PaymentIntent) {
  const sum = (parts: readonly { amount: number }[]) => parts.reduce((total, { amount }) => total + amount, 0);
  const of = <T extends { payment_intent?: string | { id: string } | null }>(parts: readonly T[]) =>
    parts.filter(({ payment_intent }) => payment_intent === id);
  return {
    refundedAmountMinor: sum(of(truth.refunds).filter(({ status }) => status === 'succeeded')),
    disputedAmountMinor: sum(
      of(truth.disputes).filter(({ status }) => status === 'needs_response' || status === 'lost'),
    ),
  };
}

function statusOf(
  paidMinor: number,
  { refundedAmountMinor, disputedAmountMinor }: { refundedAmountMinor: number; disputedAmountMinor: number },
): Order['status'] {
  if (disputedAmountMinor > 0) return 'disputed';
  if (refundedAmountMinor === 0) return 'paid';
  return refundedAmountMinor >= paidMinor ? 'refunded' : 'partially_refunded';
}

/** Returns the expected status of an unpaid order, from its page or payment; undefined when Stripe has neither. */
export function expectedUnpaidStatus(truth: StripeTruth, order: Order): readonly Order['status'][] {
  const session = truth.sessions.find(({ metadata }) => metadata?.orderId === order.id);
  if (session?.status === 'expired') return ['expired'];
  if (session?.status === 'complete') return ['failed'];
  const intent = truth.intents.find(({ metadata }) => metadata?.orderId === order.id);
  if (intent?.status === 'canceled') return ['canceled'];
  if (intent) return ['failed'];
  // No page was opened, or a card was refused before a payment existed.
  return session ? [] : ['expired', 'failed'];
}

const SUBSCRIPTION_STATUSES: Readonly<Record<string, Subscription['status']>> = {
  active: 'active',
  past_due: 'past_due',
  canceled: 'canceled',
  incomplete_expired: 'failed',
};

/** Returns the expected subscription here, from Stripe's subscription. */
export function expectedSubscription(subscription: Stripe.Subscription): Partial<Subscription> {
  const [item] = subscription.items.data;
  const time = (seconds: number | null | undefined) =>
    typeof seconds === 'number' ? new Date(seconds * 1000).toISOString() : null;
  return {
    providerSubscriptionId: subscription.id,
    customerId: subscription.customer as string,
    status: SUBSCRIPTION_STATUSES[subscription.status] as Subscription['status'],
    cancelAtPeriodEnd: subscription.cancel_at_period_end,
    currentPeriodStartAt: time(item?.current_period_start),
    currentPeriodEndAt: time(item?.current_period_end),
    endedAt: time(subscription.ended_at),
  };
}
