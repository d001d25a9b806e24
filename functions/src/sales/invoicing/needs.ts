import type { ReadsCatalog } from '../../catalog/needs.ts';
import type { OrdersNeeds } from '../orders/needs.ts';
import type { InvoicingStore } from './invoicing.store.ts';

/** What sells by invoice. */
export interface InvoicingNeeds extends OrdersNeeds, ReadsCatalog {
  readonly invoicing: InvoicingStore;
}
