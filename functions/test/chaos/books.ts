import type { Entry, Wallet } from '@cloud-bridge/ledger';
import type { Order } from '../../src/sales/orders/order.ts';
import type { Subscription } from '../../src/sales/subscriptions/subscription.ts';
import { auditWalletAndLedger } from '../support/ledger.ts';
import type { Lane } from './lane.ts';

/** All of the backend's records of one account. */
export interface Books {
  readonly orders: readonly Order[];
  readonly subscriptions: readonly Subscription[];
  readonly wallets: readonly Wallet[];
  readonly entries: readonly Entry[];
  readonly marked: ReadonlySet<string>;
  /** Wallets of keys that are still valid. */
  readonly keyedWallets: readonly string[];
}

/** What a history contained, to check that the histories cover everything together. */
export type Happened = ReadonlySet<string>;

/** A payment that the provider has received, with its expected records. */
export interface ExpectedPayment {
  readonly paymentId: string;
  readonly paidAmountMinor: number;
  readonly status: Order['status'];
  readonly refundedAmountMinor: number;
  readonly disputedAmountMinor: number;
  /** The credits that the payment bought, by the catalog's prices. */
  readonly credits: number;
  readonly revokedCredits: number;
  /** Our subscription that the payment is for; null for the main wallet. */
  readonly subscriptionId: string | null;
  /** Id of the only entry that may credit the payment. */
  readonly entryId: string;
}

/** Reads an account's records, and audits every wallet against its ledger. */
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

/** No order is pending, and no wallet holds credits. */
export function expectNothingPending({ orders, wallets }: Books): void {
  expect(orders.filter(({ status }) => status === 'pending')).toEqual([]);
  expect(wallets.filter(({ heldCredits }) => heldCredits !== 0)).toEqual([]);
}

/** Every received payment has an order and was credited once, and no other order is paid. */
export function expectPayments(payments: readonly ExpectedPayment[], books: Books): void {
  const paid = books.orders.filter(({ paymentId }) => paymentId !== null);
  expect(paid.map(({ paymentId }) => paymentId).sort()).toEqual(payments.map(({ paymentId }) => paymentId).sort());
  for (const payment of payments) expectPaid(payment, books);
  expectBalances(payments, books);
}

/**
 * A payment has one order, which agrees with the provider's payment. One entry credited the payment, and refunded
 * money took its credits back.
 */
function expectPaid(payment: ExpectedPayment, { orders, entries, subscriptions, wallets }: Books): void {
  const order = orders.find(({ paymentId }) => paymentId === payment.paymentId);
  const { paymentId, status, credits, paidAmountMinor, refundedAmountMinor, disputedAmountMinor, entryId } = payment;
  const own = entries.filter(({ orderId }) => orderId === order?.id);
  const credited = own.filter(({ kind }) => kind === 'purchase' || kind === 'grant');
  if (order?.credits === 0) {
    // The payment came after its subscription had ended.
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
  // Credits that are given back after their expiry stay expired.
  if (taken.hasLapsed) expect(taken.credits).toBeGreaterThanOrEqual(payment.revokedCredits);
  else expect(taken.credits).toBe(payment.revokedCredits);
  if (payment.subscriptionId) expect(subscriptions.map(({ id }) => id)).toContain(payment.subscriptionId);
}

const NO_MONEY_GONE = { refundedAmountMinor: 0, disputedAmountMinor: 0 };

/** Sums the credits that an order's entries took back; tells whether some given back credits had expired by then. */
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

/** The main wallet's balance is the credits paid for, less those taken back and spent. */
function expectBalances(payments: readonly ExpectedPayment[], { wallets }: Books): void {
  const main = wallets.find(({ id }) => id === 'main');
  const bought = payments
    .filter(({ subscriptionId }) => subscriptionId === null)
    .reduce((sum, { credits, revokedCredits }) => sum + credits - revokedCredits, 0);
  expect((main?.availableCredits ?? 0) + (main?.totals.consumedCredits ?? 0)).toBe(bought);
}

/** Lists what the records contain, for the coverage check. */
export function happenedInBooks(books: Books, payments: readonly ExpectedPayment[]): string[] {
  return [
    ...books.orders.map(({ kind, method, status }) => `${kind} ${method} ${status}`),
    ...books.subscriptions.map(({ status }) => `subscription ${status}`),
    ...books.entries.map(({ kind }) => `entry ${kind}`),
    ...(payments.length > 1 ? ['several payments'] : []),
    ...(books.wallets.some(({ debtCredits }) => debtCredits > 0) ? ['debt'] : []),
  ];
}
