import * as z from 'zod';
import { PROVIDERS } from '../../access/accounts/providerName.ts';
import { PLAN_INTERVALS } from '../../catalog/planOffer.ts';
import { idSchema, text, timeOut } from '../../platform/http/schemas.ts';
import { SUBSCRIPTION_STATUSES } from '../payments/subscriptionStatus.ts';

/** Which plan, and how it renews. */
export const planFields = {
  planSlug: z.string().min(1).max(40).meta({ example: 'team' }),
  interval: z
    .enum(['month', 'year'])
    .optional()
    .meta({ description: 'Of a plan that renews: monthly unless given. Plans for a fixed term have none.' }),
};

export const subscribeSchema = z.strictObject({
  ...planFields,
  currency: z.string().max(10).default('usd').meta({ example: 'usd' }),
  createKey: z.boolean().default(false).meta({ description: 'Make an API key for its credits and give it, once.' }),
  keyName: text(100).default('api-key'),
});
export type SubscribeRequest = z.output<typeof subscribeSchema>;

export const subscriptionIdSchema = z.strictObject({ subscriptionId: idSchema });
export const changePlanSchema = z.strictObject({ subscriptionId: idSchema, ...planFields });

const statusSchema = z.enum(SUBSCRIPTION_STATUSES);

export const subscribedSchema = z
  .object({
    subscriptionId: z.string(),
    stripeSubscriptionId: z.string().nullable(),
    orderId: z.string(),
    walletId: z.string(),
    planSlug: z.string(),
    status: statusSchema,
    currentPeriodEnd: timeOut.nullable(),
    key: z
      .object({
        id: z.string(),
        name: z.string(),
        apiKey: z.string().nullable().meta({ description: 'The secret: shown this once. Null in a replay.' }),
      })
      .optional(),
    keyError: z
      .object({ code: z.string(), message: z.string() })
      .optional()
      .meta({ description: 'Why there is no key, although the subscription was made.' }),
  })
  .meta({ id: 'Subscribed' });

export const subscriptionSchema = z
  .object({
    id: z.string(),
    provider: z.enum(PROVIDERS),
    providerSubscriptionId: z.string().nullable(),
    stripeSubscriptionId: z.string().nullable().meta({ description: 'The same where the provider is Stripe.' }),
    planSlug: z.string().meta({ description: 'What the present period was paid as.' }),
    planName: z.string(),
    interval: z.enum(PLAN_INTERVALS),
    nextPlanSlug: z.string().nullable().meta({ description: 'What the next period will be; null when there is none.' }),
    nextInterval: z.enum(PLAN_INTERVALS).nullable(),
    status: statusSchema,
    currentPeriodStart: timeOut.nullable(),
    currentPeriodEnd: timeOut.nullable(),
    cancelAtPeriodEnd: z.boolean(),
    endedAt: timeOut.nullable(),
    lastPaymentError: z.object({ code: z.string(), message: z.string() }).nullable(),
    walletId: z.string().meta({ description: 'The wallet that its credits are in.' }),
    creditsPerPeriod: z.int(),
    availableCredits: z.int(),
    keyCount: z.int(),
    keys: z.array(z.object({ id: z.string(), name: z.string(), isActive: z.boolean(), createdAt: timeOut })),
    createdAt: timeOut,
  })
  .meta({ id: 'Subscription' });

export const billingStatusSchema = z
  .object({
    subscriptions: z.array(subscriptionSchema).meta({ description: 'Newest first, ended ones included.' }),
    plan: z.string().nullable().meta({ description: 'The highest plan that runs, by the order of the catalog.' }),
    status: z.enum(['active', 'inactive']),
    creditBalance: z.int().meta({ description: 'Credits of the main wallet, which subscriptions do not touch.' }),
    stripeCustomerId: z.string().nullable(),
    creemCustomerId: z.string().nullable(),
    subscriptionExpiresAt: timeOut
      .nullable()
      .meta({ description: 'When the last subscription ends; null if one renews, or none runs.' }),
    legacySubscriptionKeys: z.array(z.never()).meta({ description: 'Always empty.' }),
  })
  .meta({ id: 'BillingStatus' });

export const creditSummarySchema = z
  .object({
    totalTopUp: z.int().meta({ description: 'All credits that were ever bought into the main wallet.' }),
    remaining: z.int(),
    hasCreditKey: z.boolean(),
    creditKeyCount: z.int().meta({ description: 'Active live keys of the main wallet.' }),
    userId: z.string(),
  })
  .meta({ id: 'CreditSummary' });
