import * as z from 'zod';
import { PROVIDERS } from '../../access/accounts/providerName.ts';
import { PLAN_INTERVALS } from '../../catalog/planOffer.ts';
import { idSchema, text, timeOut } from '../../platform/http/schemas.ts';
import { SUBSCRIPTION_STATUSES } from '../payments/subscriptionStatus.ts';

/** The fields of a request that choose a plan and its renewal interval. */
export const planFields = {
  planSlug: z.string().min(1).max(40).meta({ example: 'team' }),
  interval: z
    .enum(['month', 'year'])
    .optional()
    .meta({ description: 'Renewal interval; monthly by default. Not for plans with a fixed term.' }),
};

export const subscribeSchema = z.strictObject({
  ...planFields,
  currency: z.string().max(10).default('usd').meta({ example: 'usd' }),
  createKey: z
    .boolean()
    .default(false)
    .meta({ description: "Also create an API key that spends the subscription's credits; its secret is shown once." }),
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
        apiKey: z.string().nullable().meta({ description: 'The secret, shown only once; null in a replay.' }),
      })
      .optional(),
    keyError: z
      .object({ code: z.string(), message: z.string() })
      .optional()
      .meta({ description: 'Why the key was not created, although the subscription was.' }),
  })
  .meta({ id: 'Subscribed' });

export const subscriptionSchema = z
  .object({
    id: z.string(),
    provider: z.enum(PROVIDERS),
    providerSubscriptionId: z.string().nullable(),
    stripeSubscriptionId: z
      .string()
      .nullable()
      .meta({ description: 'Equals providerSubscriptionId if the provider is Stripe; else null.' }),
    planSlug: z.string().meta({ description: 'The plan that the current period was paid for.' }),
    planName: z.string(),
    interval: z.enum(PLAN_INTERVALS),
    nextPlanSlug: z
      .string()
      .nullable()
      .meta({ description: 'The plan of the next period; null if the subscription does not renew.' }),
    nextInterval: z.enum(PLAN_INTERVALS).nullable(),
    status: statusSchema,
    currentPeriodStart: timeOut.nullable(),
    currentPeriodEnd: timeOut.nullable(),
    cancelAtPeriodEnd: z.boolean(),
    endedAt: timeOut.nullable(),
    lastPaymentError: z.object({ code: z.string(), message: z.string() }).nullable(),
    walletId: z.string().meta({ description: "The wallet of the subscription's credits." }),
    creditsPerPeriod: z.int(),
    availableCredits: z.int(),
    keyCount: z.int(),
    keys: z.array(z.object({ id: z.string(), name: z.string(), isActive: z.boolean(), createdAt: timeOut })),
    createdAt: timeOut,
  })
  .meta({ id: 'Subscription' });

export const billingStatusSchema = z
  .object({
    subscriptions: z.array(subscriptionSchema).meta({ description: 'Newest first; includes ended subscriptions.' }),
    plan: z
      .string()
      .nullable()
      .meta({ description: 'The highest plan among running subscriptions; later plans of the catalog are higher.' }),
    status: z.enum(['active', 'inactive']),
    creditBalance: z
      .int()
      .meta({ description: 'Spendable credits of the main wallet; excludes credits of subscriptions.' }),
    stripeCustomerId: z.string().nullable(),
    creemCustomerId: z.string().nullable(),
    subscriptionExpiresAt: timeOut
      .nullable()
      .meta({ description: 'When the last running subscription ends; null if one of them renews, or none runs.' }),
    legacySubscriptionKeys: z.array(z.never()).meta({ description: 'Always empty.' }),
  })
  .meta({ id: 'BillingStatus' });

export const creditSummarySchema = z
  .object({
    totalTopUp: z.int().meta({ description: 'Credits ever bought for the main wallet.' }),
    remaining: z.int(),
    hasCreditKey: z.boolean(),
    creditKeyCount: z.int().meta({ description: 'Number of active live keys that spend from the main wallet.' }),
    userId: z.string(),
  })
  .meta({ id: 'CreditSummary' });
