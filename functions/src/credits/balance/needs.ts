import type { LedgerNeeds } from '@cloud-bridge/ledger';
import type { RequestsNeeds } from '../../access/requests/needs.ts';
import type { ReadsCatalog } from '../../catalog/needs.ts';

/** What reads a balance, and the limit of its requests. */
export interface BalanceNeeds extends LedgerNeeds, Omit<RequestsNeeds, 'catalog'>, ReadsCatalog {}
