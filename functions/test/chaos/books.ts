import type { Entry, Wallet } from '@cloud-bridge/ledger';
import type { Order } from '../../src/sales/orders/order.ts';
import type { Subscription } from '../../src/sales/subscriptions/subscription.ts';
import { auditWalletAndLedger } from '../support/ledger.ts';
import type { Lane } from './lane.ts';

/** Everything that the backend has of one account. */
export interface Books {
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

/** A payment that has arrived, and what has to have come of it. */
export interface ExpectedPayment {
  readonly paymentId: string;
  readonly paidAmountMinor: number;
  readonly status: Order['status'];
  readonly refundedAmountMinor: number;
  readonly disputedAmountMinor: number;
  /** What it bought, by the catalog's prices. */
  readonly credits: number;
  readonly revokedCredits: number;
  /** Ours, that it pays for; null: the main wallet's. */
  readonly subscriptionId: string | null;
  /** The id of the one entry that may credit it. */
  readonly entryId: string;
}

/** Reads the books, and audits every wallet against its ledger. */
export async function readBooks({ db }: Lane, accountId: string): Promise<Books> {
  const read = async <T>(collection: string) =>
    (await db.collection(collection).where('accountId', '==', accountId).get()).docs.map((found) => found.data() as T);
  const ids = (await db.collection(`accounts/${accountId}/wallets`).listDocuments()).map(({ id }) => id);
  const [orders, subscriptions, keys, audited, events] = await Promise.all([
    read<Order>('orders'),
    read<Subscription>('subscriptions'),
    read<{ walletId: string; revokedAt: string | null }>('apiKeys'),
    Promise.all(ids.map((id) => auditWalletAndLedger(accountId, id, db))),
    db.collection('webhookEvents').get(),
  ]);
  const marked = new Set(events.docs.map(({ id }) => id));
  const keyedWallets = keys.filter(({ revokedAt }) => revokedAt === null).map(({ walletId }) => walletId);
  const wallets = audited.map(({ wallet }) => wallet);
  return { orders, subscriptions, wallets, entries: audited.flatMap(({ entries }) => entries), marked, keyedWallets };
}

/** Nobody waits for anything. */
export function expectNothingPending({ orders, wallets }: Books): void {
  expect(orders.filter(({ status }) => status === 'pending')).toEqual([]);
  expect(wallets.filter(({ heldCredits }) => heldCredits !== 0)).toEqual([]);
}

/** Exactly the payments that have arrived have an order, and each was credited once. */
export function expectPayments(payments: readonly ExpectedPayment[], books: Books): void {
  const paid = books.orders.filter(({ paymentId }) => paymentId !== null);
  expect(paid.map(({ paymentId }) => paymentId).sort()).toEqual(payments.map(({ paymentId }) => paymentId).sort());
  for (const payment of payments) expectPaid(payment, books);
  expectBalances(payments, books);
}

/**
 * A payment has one order, which says what the provider says; it was credited by one entry; and what has gone back of
 * it was taken back.
 */
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

/** What the entries of an order took back in all, and whether some of what they gave back had lapsed by then. */
function takenBackBy(entries: readonly Entry[], closedAt: string | undefined) {
  const credits = entries
    .filter(({ kind }) => kind === 'revocation' || kind === 'reinstatement')
    .reduce((sum, { amountCredits }) => sum - amountCredits, 0);
  const granted = entries.find(({ kind }) => kind === 'grant');
  const ends = [closedAt, ...(granted?.lotChanges.map(({ expiresAt }) => expiresAt) ?? [])];
  const hasLapsed = entries.some(
    ({ kind, createdAt }) => kind === 'reinstatement' && ends.some((end) => end && end <= createdAt),
  );
  return { credits, hasLapsed };
}

/** The main wallet has what was paid for it, less what was taken back and spent. */
function expectBalances(payments: readonly ExpectedPayment[], { wallets }: Books): void {
  const main = wallets.find(({ id }) => id === 'main');
  const bought = payments
    .filter(({ subscriptionId }) => subscriptionId === null)
    .reduce((sum, { credits, revokedCredits }) => sum + credits - revokedCredits, 0);
  expect((main?.availableCredits ?? 0) + (main?.totals.consumedCredits ?? 0)).toBe(bought);
}

/** What of interest the books have in them. */
export function happenedInBooks(books: Books, payments: readonly ExpectedPayment[]): string[] {
  return [
    ...books.orders.map(({ kind, method, status }) => `${kind} ${method} ${status}`),
    ...books.subscriptions.map(({ status }) => `subscription ${status}`),
    ...books.entries.map(({ kind }) => `entry ${kind}`),
    ...(payments.length > 1 ? ['several payments'] : []),
    ...(books.wallets.some(({ debtCredits }) => debtCredits > 0) ? ['debt'] : []),
  ];
}
