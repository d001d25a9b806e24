import * as z from 'zod';
import { accountIdSchema, pageQuery, timeOut } from '../../platform/http/schemas.ts';
import type { Account } from './account.ts';

export const accountSchema = z
  .object({
    id: z.string(),
    email: z.string().nullable(),
    isEmailVerified: z.boolean().meta({ description: 'Emails and receipts are sent only to a verified address.' }),
    createdAt: timeOut,
    customerIds: z
      .object({ stripe: z.string().optional(), creem: z.string().optional() })
      .meta({ description: "The id of the account's customer at each provider." }),
  })
  .meta({ id: 'Account' });

export const deleteAccountSchema = z.strictObject({
  accountId: accountIdSchema.meta({ description: 'Your own account id, as confirmation.' }),
  forfeitCredits: z.boolean().default(false).meta({ description: 'Must be true if the account still has credits.' }),
});

export const deletedAccountSchema = z.object({ id: z.string(), deletedAt: timeOut }).meta({ id: 'DeletedAccount' });

export const exportQuery = z.strictObject({ limit: pageQuery.limit, cursor: pageQuery.cursor });

export const EXPORT_SECTIONS = [
  'profile',
  'apiKeys',
  'wallets',
  'ledger',
  'orders',
  'refunds',
  'couponUses',
  'deliveries',
  'integrations',
  'subscriptions',
  'autoTopUp',
  'alerts',
  'webhookEndpoints',
  'webhookDeliveries',
  'events',
  'mail',
  'invoicing',
  'checkIn',
  'depositAddress',
  'paymentMethods',
  'billingDetails',
  'operatorActions',
] as const;

export const exportedSchema = z
  .object({
    section: z.enum(EXPORT_SECTIONS),
    record: z.record(z.string(), z.unknown()).meta({ description: 'The record as it is stored.' }),
  })
  .meta({ id: 'ExportedRecord' });

export function renderAccount({
  id,
  email,
  isEmailVerified = false,
  createdAt,
  customerIds,
}: Account): z.input<typeof accountSchema> {
  return { id, email, isEmailVerified, createdAt, customerIds: { ...customerIds } };
}
