import type { Order } from '../../src/orders/order.ts';
import { HANDLED_EVENT_TYPES } from '../../src/payments/stripe/handleStripeEvent.ts';
import type { Subscription } from '../../src/subscriptions/subscription.ts';
import type { Entry } from '../../src/wallets/entry.ts';
import type { Wallet } from '../../src/wallets/wallet.ts';
import { auditWallet, readLedger } from '../support/ledger.ts';
import type { Lane } from './lane.ts';
import type { Life } from './life.ts';
import {
  askStripe,
  type ExpectedPayment,
  expectedPayments,
  expectedSubscription,
  expectedUnpaidStatus,
  type StripeTruth,
  takenBackBy,
} from './truth.ts';

/** Everything that the backend has of one account. */
interface Books {
  readonly orders: readonly Order[];
  readonly subscriptions: readonly Subscription[];
  readonly wallets: readonly Wallet[];
  readonly entries: readonly Entry[];
  readonly marked: ReadonlySet<string>;
  /** Wallets of keys that still open. */
  readonly keyedWallets: readonly string[];
}

/** What a history had in it, to see that chance has tried everything. */
export type Happened = ReadonlySet<string>;

/** Compares what the backend has with what Stripe says, in the end. Gives what there was to compare. */
export async function compareWithStripe(lane: Lane, life: Life): Promise<Happened> {
  const [truth, books] = await Promise.all([askStripe(lane.client), readBooks(lane, life.accountId)]);
  expectNothingOpen(truth, books);
  const payments = expectedPayments(truth);
  const paid = books.orders.filter(({ paymentId }) => paymentId !== null);
  expect(paid.map(({ paymentId }) => paymentId).sort()).toEqual(payments.map(({ paymentId }) => paymentId).sort());
  for (const payment of payments) expectPaid(payment, books);
  for (const order of books.orders) if (order.paymentId === null) expectUnpaid(order, truth, books);
  expectSubscriptions(truth, books);
  expectBalances(payments, books);
  return happenedIn(truth, books, payments);
}

async function readBooks({ db }: Lane, accountId: string): Promise<Books> {
  const read = async <T>(collection: string) =>
    (await db.collection(collection).where('accountId', '==', accountId).get()).docs.map((found) => found.data() as T);
  const ids = (await db.collection(`accounts/${accountId}/wallets`).listDocuments()).map(({ id }) => id);
  const [orders, subscriptions, keys, wallets, ledgers, events] = await Promise.all([
    read<Order>('orders'),
    read<Subscription>('subscriptions'),
    read<{ walletId: string; revokedAt: string | null }>('apiKeys'),
    Promise.all(ids.map((id) => auditWallet(accountId, id, db))),
    Promise.all(ids.map((id) => readLedger(accountId, id, db))),
    db.collection('webhookEvents').get(),
  ]);
  const marked = new Set(events.docs.map(({ id }) => id));
  const keyedWallets = keys.filter(({ revokedAt }) => revokedAt === null).map(({ walletId }) => walletId);
  return { orders, subscriptions, wallets, entries: ledgers.flat(), marked, keyedWallets };
}

/** Every event has had its effect, and nobody waits for anything. */
function expectNothingOpen(truth: StripeTruth, { marked, orders, wallets }: Books): void {
  const isMarked = (id: string) => marked.has(`stripe_${id}`);
  const handled = truth.events.filter(({ type }) => HANDLED_EVENT_TYPES.includes(type));
  expect(handled.filter(({ id }) => !isMarked(id)).map(({ type }) => type)).toEqual([]);
  expect(orders.filter(({ status }) => status === 'pending')).toEqual([]);
  expect(wallets.filter(({ heldCredits }) => heldCredits !== 0)).toEqual([]);
}

/** A payment has one order, which says what Stripe says; it was credited by one entry; and what has gone back of it was taken back. */
function expectPaid(payment: ExpectedPayment, { orders, entries, subscriptions, wallets }: Books): void {
  const order = orders.find(({ paymentId }) => paymentId === payment.paymentId);
  const { paymentId, status, credits, paidAmountMinor, refundedAmountMinor, disputedAmountMinor, entryId } = payment;
  const own = entries.filter(({ orderId }) => orderId === order?.id);
  const credited = own.filter(({ kind }) => kind === 'purchase' || kind === 'grant');
  if (order?.credits === 0) {
    // It was paid after its subscription had ended.
    const wallet = wallets.find(({ id }) => id === payment.subscriptionId);
    expect(wallet?.closedAt).toEqual(expect.any(String));
    expect(own).toEqual([]);
    return;
  }
  expect(order).toMatchObject({ paymentId, status, credits, entryId, receipt: { paidAmountMinor } });
  expect(order?.reversal ?? NO_MONEY_GONE).toMatchObject({ refundedAmountMinor, disputedAmountMinor });
  expect(order?.walletId).toBe(payment.subscriptionId ?? 'main');
  expect(credited).toMatchObject([{ id: entryId, amountCredits: credits, walletId: order?.walletId }]);
  expect(order?.reversal?.revokedCredits ?? 0).toBe(payment.revokedCredits);
  const taken = takenBackBy(own, wallets.find(({ id }) => id === order?.walletId)?.closedAt);
  // What is given back after its time stays gone.
  if (taken.hasLapsed) expect(taken.credits).toBeGreaterThanOrEqual(payment.revokedCredits);
  else expect(taken.credits).toBe(payment.revokedCredits);
  if (payment.subscriptionId) expect(subscriptions.map(({ id }) => id)).toContain(payment.subscriptionId);
}

const NO_MONEY_GONE = { refundedAmountMinor: 0, disputedAmountMinor: 0 };

function expectUnpaid(order: Order, truth: StripeTruth, { entries }: Books): void {
  expect(expectedUnpaidStatus(truth, order)).toContain(order.status);
  expect(entries.filter(({ orderId }) => orderId === order.id)).toEqual([]);
}

/** Each of Stripe's subscriptions is one here, in the same state; one that has ended has neither keys nor a wallet. */
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

/** The main wallet has what was paid for it, less what was taken back and spent. */
function expectBalances(payments: readonly ExpectedPayment[], { wallets }: Books): void {
  const main = wallets.find(({ id }) => id === 'main');
  const bought = payments
    .filter(({ subscriptionId }) => subscriptionId === null)
    .reduce((sum, { credits, revokedCredits }) => sum + credits - revokedCredits, 0);
  expect((main?.availableCredits ?? 0) + (main?.totals.consumedCredits ?? 0)).toBe(bought);
}

function happenedIn(truth: StripeTruth, books: Books, payments: readonly ExpectedPayment[]): Happened {
  const renewals = truth.invoices.filter(({ billing_reason }) => billing_reason === 'subscription_cycle');
  return new Set([
    ...books.orders.map(({ kind, method, status }) => `${kind} ${method} ${status}`),
    ...books.subscriptions.map(({ status }) => `subscription ${status}`),
    ...books.entries.map(({ kind }) => `entry ${kind}`),
    ...truth.disputes.map(({ status }) => `dispute ${status}`),
    ...truth.refunds.map(({ status }) => `refund ${status}`),
    ...renewals.map(({ status }) => `renewal ${status}`),
    ...(payments.length > 1 ? ['several payments'] : []),
    ...(books.wallets.some(({ debtCredits }) => debtCredits > 0) ? ['debt'] : []),
  ]);
}
