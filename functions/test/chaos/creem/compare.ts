import {
  type Books,
  expectNothingPending,
  expectPayments,
  type Happened,
  happenedInBooks,
  readBooks,
} from '../books.ts';
import type { CreemLane } from './creemLane.ts';
import type { CreemLife } from './life.ts';
import { askCreem, type CreemTruth, expectedPayments, expectedSubscription } from './truth.ts';

/** Compares the backend's records with Creem's at the end of a history. Returns what the history contained. */
export async function compareWithCreem(lane: CreemLane, life: CreemLife): Promise<Happened> {
  const [truth, books, noted] = await Promise.all([
    askCreem(lane),
    readBooks(lane, life.accountId),
    lane.db.collection('creemEvents').get(),
  ]);
  // Every event that arrived has been handled.
  expect(noted.docs.map((event) => event.data())).toEqual([]);
  expectNothingPending(books);
  const payments = expectedPayments(truth);
  expectPayments(payments, books);
  expectPaidPages(truth, books);
  expectSubscriptions(truth, books);
  return new Set([
    ...life.done,
    ...happenedInBooks(books, payments),
    ...(books.marked.size < lane.creem.received.length ? ['event never heard'] : []),
  ]);
}

/** A page's payment belongs to the order of the page, and no other order with a page is paid. */
function expectPaidPages({ paidPages }: CreemTruth, { orders, entries }: Books): void {
  for (const { orderId, paymentId } of paidPages) {
    expect(orders.find(({ id }) => id === orderId)).toMatchObject({ provider: 'creem', paymentId });
  }
  const paid = new Set(paidPages.map(({ orderId }) => orderId));
  for (const order of orders.filter(({ id, method }) => method === 'checkout' && !paid.has(id))) {
    expect(order.paymentId).toBeNull();
    expect(['expired', 'failed']).toContain(order.status);
    expect(entries.filter(({ orderId }) => orderId === order.id)).toEqual([]);
  }
}

/** Each subscription at Creem has one here in the same state; an ended subscription has no keys and no open wallet. */
function expectSubscriptions(truth: CreemTruth, { subscriptions, wallets, keyedWallets }: Books): void {
  const running = subscriptions.filter(({ providerSubscriptionId }) => providerSubscriptionId !== null);
  expect(running).toHaveLength(truth.subscriptions.length);
  for (const theirs of truth.subscriptions) {
    const ours = subscriptions.find(({ id }) => id === theirs.metadata.subscriptionId);
    expect(ours).toMatchObject(expectedSubscription(theirs));
    // A fixed term must not renew.
    if (theirs.product.id === 'prod_local_standard') expect(['scheduled_cancel', 'canceled']).toContain(theirs.status);
    if (theirs.status !== 'canceled') continue;
    expect(wallets.find(({ id }) => id === ours?.id)?.closedAt).toEqual(expect.any(String));
    expect(keyedWallets).not.toContain(ours?.id);
  }
  for (const ours of subscriptions) if (ours.providerSubscriptionId === null) expect(ours.status).toBe('failed');
}
