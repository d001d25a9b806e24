import type { Keeper } from '../../platform/accountData/keeper.ts';
import type { Account } from './account.ts';
import type { EXPORT_SECTIONS } from './accounts.schemas.ts';
import type { DeletionBlocker } from './deletionBlocker.ts';

export type SectionName = (typeof EXPORT_SECTIONS)[number];

/** What a room keeps of an account, by the names of all sections and steps. */
export type AccountKeeper = Keeper<Account, SectionName, ErasureStep, DeletionBlocker>;

/**
 * The steps of an erasure in their order: what tells at once who the owner is and where they pay comes first, what may
 * be large comes last.
 */
export const ERASURE_STEPS = [
  'keys',
  'email',
  'user',
  'customer',
  'mail',
  'orders',
  'subscriptions',
  'autoTopUp',
  'invoicing',
  'checkIn',
  'depositAddress',
  'alerts',
  'webhookEndpoints',
  'webhookDeliveries',
  'webhookLines',
  'events',
  'integrations',
  'auditLog',
  'deliveries',
  'ledger',
] as const;
type ErasureStep = (typeof ERASURE_STEPS)[number];
