import { randomUUID } from 'node:crypto';
import { decide, emptyWallet, type Wallet, type WalletCommand } from '@cloud-bridge/ledger';
import type { Firestore } from 'firebase-admin/firestore';
import { ENTRIES } from '../../../packages/ledger/src/storedEntry.ts';
import { WALLETS } from '../../../packages/ledger/src/storedWallet.ts';
import { CREDITS } from './ledger.ts';
import { chargeRequest, PRICE_CREDITS, REQUEST_HASH } from './request.ts';

/** Largest number of entries that are written at the same time; more would exceed the SDK's deadline. */
const CHUNK = 2_000;
const MAX_TRIES = 10;

/** Writes a wallet with a given number of entries: a grant and charges, as the product itself decides them. */
export async function fillLedger(db: Firestore, accountId: string, count: number, ended: AbortSignal): Promise<void> {
  const reference = db.doc(`accounts/${accountId}/wallets/main`).withConverter(WALLETS);
  const entries = reference.collection('entries').withConverter(ENTRIES);
  const writer = db.bulkWriter({ throttling: false });
  writer.onWriteError(({ failedAttempts }) => failedAttempts < MAX_TRIES);
  const failures: unknown[] = [];
  let wallet: Wallet = emptyWallet(accountId, 'main', new Date().toISOString());
  while (wallet.sequence < count) {
    ended.throwIfAborted();
    for (let made = 0; made < CHUNK && wallet.sequence < count; made += 1) {
      const command = wallet.sequence === 0 ? grant() : charge();
      const decision = decide({ wallet, entries: new Map() }, command);
      wallet = decision.wallet;
      for (const entry of decision.created) {
        const writing = writer.set(entries.doc(entry.id), entry);
        writing.catch((error: unknown) => failures.push(error));
      }
    }
    await writer.flush();
    if (failures.length > 0) throw failures[0];
  }
  await reference.create(wallet);
  await writer.close();
}

function common(prefix: string) {
  const id = randomUUID().replaceAll('-', '');
  return {
    entryId: `${prefix}_${id}`,
    commandId: `cmd_${id}`,
    requestHash: REQUEST_HASH,
    now: new Date().toISOString(),
  };
}

function grant(): WalletCommand {
  return {
    type: 'grant',
    ...common('grt'),
    amountCredits: CREDITS,
    source: 'grant',
    expiresAt: null,
    description: 'Benchmark',
  };
}

function charge(): WalletCommand {
  const { operation, quantity, metadata } = chargeRequest;
  return {
    type: 'charge',
    ...common('txn'),
    operation,
    quantity,
    metadata,
    amountCredits: PRICE_CREDITS,
    description: operation,
    hold: null,
  };
}
