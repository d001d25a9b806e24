import type { ReadsCatalog } from '../../catalog/needs.ts';
import type { OrdersNeeds } from '../orders/needs.ts';
import type { DepositProvider, UsdcSettings } from './depositProvider.ts';
import type { DepositStore } from './deposits.store.ts';

/** Needs of the code that credits deposits of USDC. */
export interface DepositsNeeds extends OrdersNeeds, ReadsCatalog {
  readonly config: { readonly usdc: UsdcSettings | null };
  readonly deposits: DepositStore;
  readonly usdc: DepositProvider | null;
}
