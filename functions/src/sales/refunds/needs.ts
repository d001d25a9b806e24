import type { OrdersNeeds } from '../orders/needs.ts';
import type { RefundStore } from './refunds.store.ts';

/** Needs of the code that refunds orders. */
export interface RefundsNeeds extends OrdersNeeds {
  readonly refunds: RefundStore;
}
