import type { ReadsCatalog } from '../../catalog/needs.ts';
import type { OrdersNeeds } from '../orders/needs.ts';
import type { InvoicingStore } from './invoicing.store.ts';

/** Needs of the code that sells by invoice. */
export interface InvoicingNeeds extends OrdersNeeds, ReadsCatalog {
  readonly invoicing: InvoicingStore;
}
