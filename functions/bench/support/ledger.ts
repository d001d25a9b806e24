import { randomUUID } from 'node:crypto';
import { AggregateField, type Firestore } from 'firebase-admin/firestore';
import { isBalanced, type Wallet } from '../../src/wallets/wallet.ts';
import { Wallets } from '../../src/wallets/wallets.ts';

/** What a ledger amounts to. */
export interface Audit {
  readonly entries: number;
  readonly balance: number;
}

/** Enough for any run. */
export const CREDITS = 1_000_000_000;

/** Makes wallets for the product, and compares what stands in them with what was answered. */
export class Ledger {
  readonly #db: Firestore;
  readonly #wallets: Wallets;

  constructor(db: Firestore) {
    this.#db = db;
    this.#wallets = new Wallets(db);
  }

  /** A new wallet with credits, unknown to the processes that are measured. */
  async create(accountId: string): Promise<void> {
    const id = randomUUID();
    await this.#wallets.submit(
      { accountId, walletId: 'main' },
      {
        type: 'grant',
        entryId: `grt_${id}`,
        commandId: id,
        requestHash: id,
        now: new Date().toISOString(),
        amountCredits: CREDITS,
        source: 'grant',
        expiresAt: null,
        description: 'Benchmark',
      },
    );
  }

  /**
   * Adds up the entries, and throws when the wallet says something else than they do. The emulator can't add up a
   * million of them, so what stood in the ledger before (`known`) is left out.
   */
  async audit(accountId: string, known: Audit = { entries: 0, balance: 0 }): Promise<Audit> {
    const wallet = this.#db.doc(`accounts/${accountId}/wallets/main`);
    const added = wallet.collection('entries').where('sequence', '>', known.entries);
    const sums = { count: AggregateField.count(), sum: AggregateField.sum('amountCredits') };
    const [stored, aggregate] = await Promise.all([wallet.get(), added.aggregate(sums).get()]);
    const { availableCredits, sequence, ...rest } = stored.data() as Wallet;
    const { count, sum } = aggregate.data();
    const ledger = { entries: known.entries + count, balance: known.balance + (sum ?? 0) };
    const isSame = ledger.entries === sequence && ledger.balance === availableCredits;
    if (!isSame || !isBalanced({ availableCredits, sequence, ...rest })) {
      throw new Error(
        `${accountId}: the wallet has ${sequence} entries and ${availableCredits} credits, its ledger ${ledger.entries} and ${ledger.balance}.`,
      );
    }
    return ledger;
  }
}
