import type { OrdersNeeds } from '../orders/needs.ts';
import type { RefundStore } from './refunds.store.ts';

/** What gives money back. */
export interface RefundsNeeds extends OrdersNeeds {
  readonly refunds: RefundStore;
}
