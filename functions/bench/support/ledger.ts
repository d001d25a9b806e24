import { randomUUID } from 'node:crypto';
import { isBalanced, Ledger as ProductLedger, type Wallet } from '@cloud-bridge/ledger';
import { AggregateField, type DocumentReference, type Firestore } from 'firebase-admin/firestore';

/** Totals of a ledger. */
export interface Audit {
  readonly entries: number;
  readonly balance: number;
}

/** Credits of a new wallet, enough for any run. */
export const CREDITS = 1_000_000_000;

/** Creates wallets for the product, and reads their totals for a comparison with the answers. */
export class Ledger {
  readonly #db: Firestore;
  readonly #wallets: ProductLedger;

  constructor(db: Firestore) {
    this.#db = db;
    this.#wallets = new ProductLedger(db);
  }

  /** Creates a wallet with credits, which the measured processes haven't used yet. */
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
   * Adds up the entries of a wallet.
   *
   * @throws Error when the wallet's figures differ from its entries
   */
  async audit(accountId: string): Promise<Audit> {
    const sums = { count: AggregateField.count(), sum: AggregateField.sum('amountCredits') };
    const entries = this.#walletRef(accountId).collection('entries');
    const [told, aggregate] = await Promise.all([this.readWallet(accountId), entries.aggregate(sums).get()]);
    const { count, sum } = aggregate.data();
    if (count !== told.entries || sum !== told.balance) {
      const found = `its ledger ${count} and ${sum}`;
      throw new Error(`${accountId}: the wallet has ${told.entries} entries and ${told.balance} credits, ${found}.`);
    }
    return told;
  }

  /** Returns the wallet's own figures without a check of its entries: the emulator can't add up a million entries. */
  async readWallet(accountId: string): Promise<Audit> {
    const wallet = (await this.#walletRef(accountId).get()).data() as Wallet;
    if (!isBalanced(wallet)) throw new Error(`${accountId}: the wallet's figures do not add up.`);
    return { entries: wallet.sequence, balance: wallet.availableCredits };
  }

  #walletRef(accountId: string): DocumentReference {
    return this.#db.doc(`accounts/${accountId}/wallets/main`);
  }
}
