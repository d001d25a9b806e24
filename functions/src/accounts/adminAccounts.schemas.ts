import * as z from 'zod';
import { reasonSchema } from '../auditLog/auditLog.schemas.ts';
import { accountIdSchema, idSchema, pageQuery, text, timeOut } from '../http/schemas.ts';
import type { Wallet } from '../wallets/wallet.ts';
import type { Account } from './account.ts';

export const accountsQuery = z.strictObject({
  ...pageQuery,
  id: accountIdSchema.optional(),
  email: text(320).optional(),
  keyId: idSchema.optional(),
  customerId: idSchema.optional().meta({ description: "Stripe's or Creem's customer.", example: 'cus_1' }),
});

export const freezeSchema = z.strictObject({ reason: reasonSchema.optional() });

export const accountSchema = z
  .object({
    id: z.string(),
    email: z.string().nullable(),
    stripeCustomerId: z.string().nullable(),
    creemCustomerId: z.string().nullable(),
    isFrozen: z.boolean(),
    frozenAt: timeOut.nullable(),
    frozenReason: z.string().nullable(),
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
  const { id, email, customerIds, frozenAt = null, frozenReason = null, createdAt } = account;
  const stripeCustomerId = customerIds?.stripe ?? null;
  const creemCustomerId = customerIds?.creem ?? null;
  return {
    id,
    email,
    stripeCustomerId,
    creemCustomerId,
    isFrozen: frozenAt !== null,
    frozenAt,
    frozenReason,
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
