import { randomUUID } from 'node:crypto';
import { initializeApp } from 'firebase-admin/app';
import { FieldValue, getFirestore } from 'firebase-admin/firestore';
import { type BilledOperations, billedSince, billedSoFar, countBilledOperations } from '../support/billedOperations.ts';
import { type Load, type LoadResult, runLoad } from '../support/load.ts';
import { serve } from '../support/remote.ts';
import { chargeRequest, PRICE_CREDITS, REQUEST_HASH } from '../support/request.ts';

// B1: the usual code for a charge with Firestore. A transaction reads the wallet and the idempotency document in one
// round trip, and writes the wallet, a ledger entry and the idempotency document.

countBilledOperations();
const db = getFirestore(initializeApp());

function walletRef(accountId: string) {
  return db.collection('usualWallets').doc(accountId);
}

async function chargeOnce(accountId: string): Promise<void> {
  const wallet = walletRef(accountId);
  const key = db.collection('usualIdempotencyKeys').doc(`${accountId}_${randomUUID()}`);
  const entry = wallet.collection('entries').doc();
  const now = new Date().toISOString();
  await db.runTransaction(async (transaction) => {
    const [stored, earlier] = await transaction.getAll(wallet, key);
    if (earlier?.exists) return earlier.get('entryId');
    const balance = stored?.get('availableCredits') as number;
    if (balance < PRICE_CREDITS) throw new Error('INSUFFICIENT_CREDITS');
    const balanceAfterCredits = balance - PRICE_CREDITS;
    transaction.update(wallet, { availableCredits: balanceAfterCredits, updatedAt: now });
    transaction.create(entry, {
      ...chargeRequest,
      kind: 'charge',
      amountCredits: -PRICE_CREDITS,
      balanceAfterCredits,
      createdAt: now,
    });
    transaction.create(key, { requestHash: REQUEST_HASH, entryId: entry.id, createdAt: now });
    return entry.id;
  });
}

async function create(wallet: { accountId: string; credits: number }): Promise<void> {
  await walletRef(wallet.accountId).set({ availableCredits: wallet.credits, updatedAt: FieldValue.serverTimestamp() });
}

async function charge(order: { accountId: string; load: Load }): Promise<LoadResult & { billed: BilledOperations }> {
  const before = billedSoFar();
  const result = await runLoad(order.load, () => chargeOnce(order.accountId));
  return { ...result, billed: billedSince(before) };
}

/** Returns the number of entries and the balance in the database, for a comparison with the answers. */
async function audit({ accountId }: { accountId: string }): Promise<{ entries: number; balance: number }> {
  const wallet = walletRef(accountId);
  const [stored, counted] = await Promise.all([wallet.get(), wallet.collection('entries').count().get()]);
  return { entries: counted.data().count, balance: stored.get('availableCredits') as number };
}

const methods = { create, charge, audit };
export type UsualPattern = typeof methods;
serve(methods);
