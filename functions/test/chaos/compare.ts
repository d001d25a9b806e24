import { HANDLED_EVENT_TYPES } from '../../src/providers/stripe/handleStripeEvent.ts';
import type { Order } from '../../src/sales/orders/order.ts';
import {
  type Books,
  type ExpectedPayment,
  expectNothingPending,
  expectPayments,
  type Happened,
  happenedInBooks,
  readBooks,
} from './books.ts';
import type { Life } from './life.ts';
import type { StripeLane } from './stripeLane.ts';
import { askStripe, expectedPayments, expectedSubscription, expectedUnpaidStatus, type StripeTruth } from './truth.ts';

/** Compares the backend's records with Stripe's at the end of a history. Returns what the history contained. */
export async function compareWithStripe(lane: StripeLane, life: Life): Promise<Happened> {
  const [truth, books] = await Promise.all([askStripe(lane.client), readBooks(lane, life.accountId)]);
  expectNothingOpen(truth, books);
  const payments = expectedPayments(truth);
  expectPayments(payments, books);
  for (const order of books.orders) if (order.paymentId === null) expectUnpaid(order, truth, books);
  expectSubscriptions(truth, books);
  return happenedIn(truth, books, payments);
}

/** Every event has been handled, and nothing is pending. */
function expectNothingOpen(truth: StripeTruth, books: Books): void {
  const isMarked = (id: string) => books.marked.has(`stripe_${id}`);
  const handled = truth.events.filter(({ type }) => (HANDLED_EVENT_TYPES as readonly string[]).includes(type));
  expect(handled.filter(({ id }) => !isMarked(id)).map(({ type }) => type)).toEqual([]);
  expectNothingPending(books);
}

function expectUnpaid(order: Order, truth: StripeTruth, { entries }: Books): void {
  expect(expectedUnpaidStatus(truth, order)).toContain(order.status);
  expect(entries.filter(({ orderId }) => orderId === order.id)).toEqual([]);
}

/** Each subscription at Stripe has one here in the same state; an ended subscription has no keys and no open wallet. */
function expectSubscriptions(truth: StripeTruth, { subscriptions, wallets, keyedWallets }: Books): void {
  const running = subscriptions.filter(({ providerSubscriptionId }) => providerSubscriptionId !== null);
  expect(running).toHaveLength(truth.subscriptions.length);
  for (const theirs of truth.subscriptions) {
    const ours = subscriptions.find(({ id }) => id === theirs.metadata.subscriptionId);
    const expected = expectedSubscription(theirs);
    expect(ours).toMatchObject(expected);
    if (expected.status !== 'canceled') continue;
    expect(wallets.find(({ id }) => id === ours?.id)?.closedAt).toEqual(expect.any(String));
    expect(keyedWallets).not.toContain(ours?.id);
  }
  for (const ours of subscriptions) if (ours.providerSubscriptionId === null) expect(ours.status).toBe('failed');
}

function happenedIn(truth: StripeTruth, books: Books, payments: readonly ExpectedPayment[]): Happened {
  const renewals = truth.invoices.filter(({ billing_reason }) => billing_reason === 'subscription_cycle');
  return new Set([
    ...happenedInBooks(books, payments),
    ...truth.disputes.map(({ status }) => `dispute ${status}`),
    ...truth.refunds.map(({ status }) => `refund ${status}`),
    ...renewals.map(({ status }) => `renewal ${status}`),
  ]);
}
