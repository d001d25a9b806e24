import type { LedgerNeeds } from '@cloud-bridge/ledger';
import type { ReadsCatalog } from '../../catalog/needs.ts';
import type { BatchStore } from './batches.store.ts';

/** What charges, holds and settles. */
export interface ChargesNeeds extends LedgerNeeds, ReadsCatalog {
  readonly batches: BatchStore;
}
