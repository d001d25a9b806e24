import { applyEntry, type Entry, emptyWallet, isBalanced, type Wallet } from '@cloud-bridge/ledger';
import type { Firestore } from 'firebase-admin/firestore';
import { ENTRIES } from '../../../packages/ledger/src/storedEntry.ts';
import { WALLETS } from '../../../packages/ledger/src/storedWallet.ts';
import { database } from './suite.ts';

/** Reads all entries of a wallet from the database, oldest first. */
export async function readLedger(accountId: string, walletId = 'main', db = database()): Promise<Entry[]> {
  const entries = db.collection(`accounts/${accountId}/wallets/${walletId}/entries`).withConverter(ENTRIES);
  return (await entries.orderBy('sequence').get()).docs.map((document) => document.data());
}

/** Rebuilds a wallet from its entries and compares it with the stored wallet. Returns the wallet when they agree. */
export async function auditWallet(accountId: string, walletId = 'main', db = database()): Promise<Wallet> {
  return (await auditWalletAndLedger(accountId, walletId, db)).wallet;
}

/** Audits a wallet like `auditWallet`, and returns its entries, too. */
export async function auditWalletAndLedger(accountId: string, walletId: string, db: Firestore) {
  const entries = await readLedger(accountId, walletId, db);
  const document = (await db.doc(`accounts/${accountId}/wallets/${walletId}`).withConverter(WALLETS).get()).data();
  // The alert levels don't follow from entries.
  const { alertLevels: _levels, ...stored } = document ?? {};
  const rebuilt = entries.reduce(applyEntry, emptyWallet(accountId, walletId, entries[0]?.createdAt ?? ''));
  const openHolds = entries.filter((entry) => entry.charge?.status === 'held');
  const held = openHolds.reduce((sum, entry) => sum + (entry.charge?.amountCredits ?? 0), 0);
  if (!document) {
    expect(entries).toEqual([]);
    return { wallet: rebuilt, entries };
  }
  expect(stored).toEqual(rebuilt);
  expect(document.heldCredits).toBe(held);
  expect(isBalanced(document)).toBe(true);
  expect(document.availableCredits).toBeGreaterThanOrEqual(-document.debtCredits);
  return { wallet: document, entries };
}
