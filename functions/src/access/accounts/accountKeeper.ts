import type { Keeper } from '../../platform/accountData/keeper.ts';
import type { Account } from './account.ts';
import type { EXPORT_SECTIONS } from './accounts.schemas.ts';
import type { DeletionBlocker } from './deletionBlocker.ts';

export type SectionName = (typeof EXPORT_SECTIONS)[number];

/** A keeper of a room's data about accounts, with the names of all sections, steps and blockers. */
export type AccountKeeper = Keeper<Account, SectionName, ErasureStep, DeletionBlocker>;

/**
 * The steps of an erasure in their order: first the data that directly identifies the owner and their customers at
 * providers, last the data that may be large.
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
