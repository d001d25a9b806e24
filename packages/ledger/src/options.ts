import type { Entry } from './entry.ts';
import type { Wallet } from './wallet.ts';

/** A document that is created in the commit of an entry. */
export interface AlsoCreated {
  readonly path: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * The names of the collections: `{accounts}/{accountId}/{wallets}/{walletId}`, with `entries` and `usage` below each
 * wallet. The ledger also queries wallets and entries as collection groups, so no other collection may have these two
 * names.
 */
export interface LedgerCollections {
  readonly accounts: string;
  readonly wallets: string;
  readonly entries: string;
  readonly usage: string;
}

export const DEFAULT_COLLECTIONS: LedgerCollections = {
  accounts: 'accounts',
  wallets: 'wallets',
  entries: 'entries',
  usage: 'usage',
};

export interface LedgerOptions {
  /** Returns further documents to create in the commit of an entry, such as an event for an outbox. Must be pure. */
  readonly alsoCreate?: (entry: Entry, walletAfter: Wallet) => readonly AlsoCreated[];
  readonly collections?: Partial<LedgerCollections>;
  /** Optimistic attempts before a wallet is written in a transaction, under locks. */
  readonly optimisticTries?: number | undefined;
}
