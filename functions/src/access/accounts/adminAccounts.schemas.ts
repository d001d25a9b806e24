import type { Wallet } from '@cloud-bridge/ledger';
import * as z from 'zod';
import { accountIdSchema, idSchema, pageQuery, text, timeOut } from '../../platform/http/schemas.ts';
import { reasonSchema } from '../auditLog/auditLog.schemas.ts';
import { type Account, customerIdFields, isFrozen } from './account.ts';

export const accountsQuery = z.strictObject({
  ...pageQuery,
  id: accountIdSchema.optional(),
  email: text(320).optional(),
  keyId: idSchema.optional(),
  customerId: idSchema.optional().meta({ description: 'The id of a customer at Stripe or Creem.', example: 'cus_1' }),
});

export const freezeSchema = z.strictObject({ reason: reasonSchema.optional() });

export const accountSchema = z
  .object({
    id: z.string(),
    email: z.string().nullable(),
    isEmailVerified: z.boolean(),
    stripeCustomerId: z.string().nullable(),
    creemCustomerId: z.string().nullable(),
    isFrozen: z.boolean().meta({ description: 'Frozen by an operator, because of its owner, or both.' }),
    frozenAt: timeOut.nullable().meta({ description: 'When an operator froze the account.' }),
    frozenReason: z.string().nullable(),
    ownerBlockedAt: timeOut.nullable().meta({ description: 'When the account was frozen because of its owner.' }),
    ownerBlock: z
      .enum(['disabled', 'deleted'])
      .nullable()
      .meta({ description: 'What happened to the owner in Firebase Auth.' }),
    createdAt: timeOut,
  })
  .meta({ id: 'AdminAccount' });

export const accountWithWalletsSchema = accountSchema
  .extend({
    wallets: z.array(
      z.object({
        id: z.string(),
        availableCredits: z.int(),
        heldCredits: z.int(),
        debtCredits: z.int(),
        isClosed: z.boolean(),
        updatedAt: timeOut,
      }),
    ),
  })
  .meta({ id: 'AdminAccountWithWallets' });

export function renderAccount(account: Account): z.input<typeof accountSchema> {
  const {
    id,
    email,
    isEmailVerified = false,
    customerIds,
    frozenAt = null,
    frozenReason = null,
    ownerBlockedAt = null,
    ownerBlock = null,
    createdAt,
  } = account;
  return {
    id,
    email,
    isEmailVerified,
    ...customerIdFields(customerIds),
    isFrozen: isFrozen(account),
    frozenAt,
    frozenReason,
    ownerBlockedAt,
    ownerBlock,
    createdAt,
  };
}

export function renderAccountWithWallets({
  account,
  wallets,
}: {
  account: Account;
  wallets: readonly Wallet[];
}): z.input<typeof accountWithWalletsSchema> {
  return { ...renderAccount(account), wallets: wallets.map(renderWallet) };
}

function renderWallet({ id, availableCredits, heldCredits, debtCredits, closedAt, updatedAt }: Wallet) {
  return { id, availableCredits, heldCredits, debtCredits, isClosed: closedAt !== undefined, updatedAt };
}
