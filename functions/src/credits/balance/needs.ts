import type { LedgerNeeds } from '@cloud-bridge/ledger';
import type { RequestsNeeds } from '../../access/requests/needs.ts';
import type { ReadsCatalog } from '../../catalog/needs.ts';

/** Needs of the code that reads balances and rate limits. */
export interface BalanceNeeds extends LedgerNeeds, Omit<RequestsNeeds, 'catalog'>, ReadsCatalog {}
