import { data } from '../../platform/http/replies.ts';
import { defineRoute } from '../../platform/http/route.ts';
import { dataOf } from '../../platform/http/schemas.ts';
import { billingStatus, creditSummary, describeSubscriptions } from './billingStatus.ts';
import { changePlan, setCancelAtPeriodEnd } from './changeSubscription.ts';
import type { SubscriptionsNeeds } from './needs.ts';
import { subscribeByCard } from './subscribeByCard.ts';
import type { Subscription } from './subscription.ts';
import {
  billingStatusSchema,
  changePlanSchema,
  creditSummarySchema,
  subscribedSchema,
  subscribeSchema,
  subscriptionIdSchema,
  subscriptionSchema,
} from './subscriptions.schemas.ts';

const tag = 'Subscriptions';
const access = { to: 'account' } as const;
const providerErrors = ['PAYMENT_PROVIDER_REFUSED', 'PAYMENT_PROVIDER_UNAVAILABLE', 'SUBSCRIPTION_BUSY'] as const;
const planErrors = ['UNKNOWN_PLAN', 'UNKNOWN_CURRENCY'] as const;
const cardErrors = ['PAYMENT_DECLINED', 'PAYMENT_AUTHENTICATION_REQUIRED'] as const;
const changeErrors = [
  ...providerErrors,
  'SUBSCRIPTION_NOT_FOUND',
  'SUBSCRIPTION_NOT_ACTIVE',
  'SUBSCRIPTION_DOES_NOT_RENEW',
] as const;

export const subscriptionRoutes = [
  defineRoute({
    method: 'post',
    path: '/billing/subscribe',
    tag,
    summary: 'Subscribe to a plan with the saved card',
    description:
      'Charges the card at once. Each subscription has its own wallet and keys. A 402 says in `details.nextAction` ' +
      'what to do: `add_payment_method`, `use_another_payment_method`, or `use_checkout` if the bank wants to ' +
      'authenticate the cardholder.',
    access,
    body: subscribeSchema,
    response: dataOf(subscribedSchema),
    status: 201,
    errors: [
      ...providerErrors,
      ...planErrors,
      'PAYMENT_METHOD_REQUIRED',
      ...cardErrors,
      'CURRENCY_NOT_COMBINABLE',
      'SUBSCRIPTION_NOT_ACTIVE',
      'TOO_MANY_OPEN_CHECKOUTS',
      'IDEMPOTENCY_KEY_REUSED',
    ],
    handle: async (deps: SubscriptionsNeeds, { caller, body, idempotencyKey, requestHash }) => {
      const idempotency = { key: idempotencyKey, requestHash };
      const { subscription, key, replayed } = await subscribeByCard(deps, caller, body, idempotency);
      const { id, providerSubscriptionId, orderId, period, status, currentPeriodEndAt } = subscription;
      const made = {
        subscriptionId: id,
        stripeSubscriptionId: providerSubscriptionId,
        orderId,
        walletId: id,
        planSlug: period.planSlug,
        status,
        currentPeriodEnd: currentPeriodEndAt,
      };
      return data({ ...made, ...key }, replayed);
    },
  }),
  defineRoute({
    method: 'get',
    path: '/billing/status',
    tag,
    summary: 'Get subscriptions, their keys and the main balance',
    access,
    response: dataOf(billingStatusSchema),
    handle: async (deps: SubscriptionsNeeds, { caller }) => data(await billingStatus(deps, caller.accountId)),
  }),
  defineRoute({
    method: 'get',
    path: '/billing/credits',
    tag,
    summary: 'Get the credits of the main wallet and the number of its keys',
    access,
    response: dataOf(creditSummarySchema),
    handle: async (deps: SubscriptionsNeeds, { caller }) => data(await creditSummary(deps, caller.accountId)),
  }),
  defineRoute({
    method: 'post',
    path: '/billing/cancel',
    tag,
    summary: 'Cancel a subscription at the end of its period',
    access,
    body: subscriptionIdSchema,
    response: dataOf(subscriptionSchema),
    errors: changeErrors,
    allowedWhileFrozen: true,
    handle: async (deps: SubscriptionsNeeds, { caller: { accountId }, body }) =>
      data(await described(deps, await setCancelAtPeriodEnd(deps, accountId, body.subscriptionId, true))),
  }),
  defineRoute({
    method: 'post',
    path: '/billing/resume',
    tag,
    summary: 'Undo a cancellation before the period ends',
    access,
    body: subscriptionIdSchema,
    response: dataOf(subscriptionSchema),
    errors: changeErrors,
    handle: async (deps: SubscriptionsNeeds, { caller: { accountId }, body }) =>
      data(await described(deps, await setCancelAtPeriodEnd(deps, accountId, body.subscriptionId, false))),
  }),
  defineRoute({
    method: 'post',
    path: '/billing/change-plan',
    tag,
    summary: "Change a subscription's plan",
    description:
      'The new plan is charged, and its credits are granted, with the next period. Changing between monthly and ' +
      'yearly begins a new period, which is charged at once. Subscriptions at Creem keep their plan.',
    access,
    body: changePlanSchema,
    response: dataOf(subscriptionSchema),
    errors: [...changeErrors, ...planErrors, ...cardErrors, 'PLAN_CHANGE_NOT_SUPPORTED'],
    handle: async (deps: SubscriptionsNeeds, { caller: { accountId }, body: { subscriptionId, ...plan } }) =>
      data(await described(deps, await changePlan(deps, accountId, subscriptionId, plan))),
  }),
];

async function described(deps: SubscriptionsNeeds, subscription: Subscription) {
  const [view] = await describeSubscriptions(deps, subscription.accountId, [subscription]);
  if (!view) throw new Error(`subscription ${subscription.id} was not described`);
  return view;
}
