import type { Order } from '../../../src/sales/orders/order.ts';
import { revocationTarget } from '../../../src/sales/orders/reversal.ts';
import type { Subscription } from '../../../src/sales/subscriptions/subscription.ts';
import type { ExpectedPayment } from '../books.ts';
import type { CreemLane } from './creemLane.ts';

/** A transaction in Creem's API. */
export interface Payment {
  readonly id: string;
  readonly amount: number;
  readonly amount_paid: number;
  readonly refunded_amount: number | null;
  readonly status: 'paid' | 'refunded' | 'partialRefund' | 'chargedBack';
  readonly subscription: string | null;
}

/** A subscription in Creem's API. */
export interface SubscriptionAtCreem {
  readonly id: string;
  readonly status: 'active' | 'scheduled_cancel' | 'past_due' | 'canceled';
  readonly customer: { readonly id: string };
  readonly product: { readonly id: string };
  readonly metadata: { readonly subscriptionId: string };
  readonly current_period_start_date: string;
  readonly current_period_end_date: string;
  readonly canceled_at: string | null;
}

/** The part of Creem's events that links a page to its payment. */
interface PaidPage {
  readonly orderId: string;
  readonly paymentId: string;
}

/** Reads all of Creem's objects through its API, newest first. */
export interface CreemTruth {
  readonly payments: readonly Payment[];
  readonly subscriptions: readonly SubscriptionAtCreem[];
  readonly paidPages: readonly PaidPage[];
}

export async function askCreem({ creem }: CreemLane): Promise<CreemTruth> {
  const ask = async (path: string) => {
    const { status, json } = await creem.api('GET', path);
    if (status !== 200) throw new Error(`${path}: ${status}`);
    return json;
  };
  const { items, pagination } = await ask('/v1/transactions/search?page_size=100');
  if (pagination.next_page !== null) throw new Error('there are more payments than on one page');
  const payments: readonly Payment[] = items;
  const ids = [...new Set(payments.flatMap(({ subscription }) => subscription ?? []))];
  const subscriptions: SubscriptionAtCreem[] = await Promise.all(
    ids.map((id) => ask(`/v1/subscriptions?subscription_id=${id}`)),
  );
  const paidPages = creem.received
    .filter(({ event }) => event.eventType === 'checkout.completed')
    .map(({ event: { object } }) => ({ orderId: object.request_id, paymentId: object.order.transaction }));
  return { payments, subscriptions, paidPages };
}

/** Credits of each product by its price in cents, written down independently of the catalog's code. */
const PACK_CREDITS: Readonly<Record<number, number>> = { 999: 100, 2499: 300 };
const PLAN_CREDITS: Readonly<Record<number, number>> = { 1999: 300, 9900: 2_500, 99000: 30_000 };

/** Returns the expected records of each payment, from Creem's objects. */
export function expectedPayments({ payments, subscriptions }: CreemTruth): ExpectedPayment[] {
  return payments.map((payment) => {
    const subscription = subscriptions.find(({ id }) => id === payment.subscription);
    const credits = (subscription ? PLAN_CREDITS : PACK_CREDITS)[payment.amount];
    if (credits === undefined) throw new Error(`nothing costs ${payment.amount}`);
    const money = gone(payment);
    return {
      paymentId: payment.id,
      paidAmountMinor: payment.amount_paid,
      status: STATUSES[payment.status],
      ...money,
      credits,
      revokedCredits: revocationTarget(credits, { amountMinor: payment.amount_paid, ...money }),
      subscriptionId: subscription?.metadata.subscriptionId ?? null,
      entryId: `creem_${payment.id}`,
    };
  });
}

const STATUSES: Readonly<Record<Payment['status'], Order['status']>> = {
  paid: 'paid',
  refunded: 'refunded',
  partialRefund: 'partially_refunded',
  chargedBack: 'disputed',
};

/** Creem also reports a charged back payment as refunded in full; the money went back once. */
function gone({ status, amount_paid, refunded_amount }: Payment) {
  return status === 'chargedBack'
    ? { refundedAmountMinor: 0, disputedAmountMinor: amount_paid }
    : { refundedAmountMinor: refunded_amount ?? 0, disputedAmountMinor: 0 };
}

/** Returns the expected subscription here, from Creem's subscription. */
export function expectedSubscription(theirs: SubscriptionAtCreem): Partial<Subscription> {
  const { id, status, customer, current_period_start_date, current_period_end_date, canceled_at } = theirs;
  return {
    providerSubscriptionId: id,
    customerId: customer.id,
    status: status === 'scheduled_cancel' ? 'active' : status,
    cancelAtPeriodEnd: status === 'scheduled_cancel',
    currentPeriodStartAt: current_period_start_date,
    currentPeriodEndAt: current_period_end_date,
    endedAt: status === 'canceled' ? canceled_at : null,
  };
}
