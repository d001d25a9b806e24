import * as z from 'zod';
import { accountIdSchema, pageQuery, timeOut } from '../../platform/http/schemas.ts';
import type { Account } from './account.ts';

export const accountSchema = z
  .object({
    id: z.string(),
    email: z.string().nullable(),
    isEmailVerified: z.boolean().meta({ description: 'Mail and receipts only go to an address that is verified.' }),
    createdAt: timeOut,
    customerIds: z
      .object({ stripe: z.string().optional(), creem: z.string().optional() })
      .meta({ description: 'Who the account is to each provider.' }),
  })
  .meta({ id: 'Account' });

export const deleteAccountSchema = z.strictObject({
  accountId: accountIdSchema.meta({ description: 'Your own account id, to confirm.' }),
  forfeitCredits: z.boolean().default(false).meta({ description: 'Needed while there are credits left.' }),
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
    record: z.record(z.string(), z.unknown()).meta({ description: 'The thing as it is stored.' }),
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
