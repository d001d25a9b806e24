import type { LedgerNeeds } from '@cloud-bridge/ledger';
import type { ReadsCatalog } from '../../catalog/needs.ts';
import type { BatchStore } from './batches.store.ts';

/** Needs of the code that makes and settles charges and holds. */
export interface ChargesNeeds extends LedgerNeeds, ReadsCatalog {
  readonly batches: BatchStore;
}
