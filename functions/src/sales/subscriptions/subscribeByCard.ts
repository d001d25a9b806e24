import type { AppError, Idempotency } from '@cloud-bridge/base';
import { DEFAULT_PROVIDER } from '../../access/accounts/providerName.ts';
import { subscriptionNotRunning } from '../../access/apiKeys/apiKeys.errors.ts';
import { createApiKey } from '../../access/apiKeys/createApiKey.ts';
import { hasCode } from '../../platform/errors/refusal.ts';
import type { AccountCaller } from '../../platform/http/caller.ts';
import { isPlanOrder } from '../orders/order.ts';
import { sealOrder } from '../orders/orderFacts.ts';
import { listPaymentMethods } from '../paymentMethods/changePaymentMethods.ts';
import { isProviderRefusal } from '../payments/payments.errors.ts';
import { defaultProvider } from '../payments/providers.ts';
import { closePlanOrder } from './followPlanOrder.ts';
import type { SubscriptionsNeeds } from './needs.ts';
import { type OrderedPlan, orderPlan } from './orderPlan.ts';
import { isOver, type Subscription } from './subscription.ts';
import { noSavedCard, planNotPaid } from './subscriptions.errors.ts';
import type { SubscribeRequest } from './subscriptions.schemas.ts';
import { syncSubscription } from './syncSubscription.ts';

/** The API key that was created for the subscription, or the error that prevented it. */
type SubscriptionKey =
  | { readonly key: { readonly id: string; readonly name: string; readonly apiKey: string | null } }
  | { readonly keyError: { readonly code: string; readonly message: string } };

export interface Subscribed {
  readonly subscription: Subscription;
  /** Null if the request asked for no key. */
  readonly key: SubscriptionKey | null;
  readonly replayed: boolean;
}

/**
 * Charges the account's default card for the first period of a plan, and creates a key for its wallet on request. If
 * only the key fails, the subscription stays and the answer contains the key's error.
 * @throws what {@link orderPlan} throws, PAYMENT_METHOD_REQUIRED, PAYMENT_DECLINED or PAYMENT_AUTHENTICATION_REQUIRED
 *   (both with `nextAction`), SUBSCRIPTION_NOT_ACTIVE if the request is repeated after the subscription has ended,
 *   SUBSCRIPTION_BUSY, PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function subscribeByCard(
  deps: SubscriptionsNeeds,
  caller: AccountCaller,
  request: SubscribeRequest,
  idempotency: Idempotency,
): Promise<Subscribed> {
  const ordered = await orderPlan(
    deps,
    caller.accountId,
    { ...request, provider: DEFAULT_PROVIDER },
    idempotency,
    isPlanOrder,
    async () => ({ method: 'direct' }),
  );
  const subscription = await begin(deps, ordered);
  const key = request.createKey ? await keyFor(deps, caller, subscription, request, idempotency) : null;
  return { subscription, key, replayed: ordered.replayed };
}

/** Returns the running subscription: the one that an earlier try has begun, or else the one that is paid now. */
async function begin(deps: SubscriptionsNeeds, { order, subscription, replayed }: OrderedPlan): Promise<Subscription> {
  if (subscription.status === 'failed') throw notPaid(subscription);
  if (subscription.providerSubscriptionId !== null) return subscription;
  // The provider may have forgotten the idempotency key by now, but it can still find the subscription that it created.
  const found = replayed
    ? await defaultProvider(deps).subscriptions.findId(subscription.customerId, subscription.id)
    : null;
  const providerSubscriptionId = found ?? (await pay(deps, { order, subscription, replayed }));
  const reference = { subscriptionId: subscription.id, providerSubscriptionId };
  const synced = (await syncSubscription(deps, reference, null)).subscription;
  if (!synced) throw new Error(`the provider's subscription ${providerSubscriptionId} doesn't fit ${subscription.id}`);
  return synced;
}

async function pay(deps: SubscriptionsNeeds, { order, subscription }: OrderedPlan): Promise<string> {
  const { id, accountId, customerId, ordered } = subscription;
  try {
    await useDefaultCard(deps, { order, subscription });
    const seal = sealOrder(deps.seals, order, ordered);
    const request = { subscriptionId: id, orderId: order.id, accountId, customerId, offer: ordered, seal };
    const paid = await defaultProvider(deps).subscriptions.subscribe(request);
    if (paid.status === 'paid') return paid.providerSubscriptionId;
    await closePlanOrder(deps, order, 'failed', paid.declined, null);
    throw planNotPaid(paid.declined);
  } catch (error) {
    if (isProviderRefusal(error)) {
      const refusal = {
        code: 'subscription_refused',
        message: 'The payment provider did not accept the subscription.',
      };
      await closePlanOrder(deps, order, 'failed', refusal, null);
    }
    throw error;
  }
}

/**
 * Makes the card that the API shows as the default the customer's default at the provider, which the provider charges
 * now and for renewals. Closes the order if there is no such card.
 */
async function useDefaultCard(
  deps: SubscriptionsNeeds,
  { order, subscription }: Pick<OrderedPlan, 'order' | 'subscription'>,
) {
  const methods = await listPaymentMethods(deps, subscription.accountId);
  const card = methods.find(({ isDefault }) => isDefault);
  if (card && (await isUsed(deps, subscription, card.id))) return;
  const lastPaymentError = { code: NO_CARD, message: 'There is no saved card.' };
  await closePlanOrder(deps, order, 'failed', lastPaymentError, null);
  throw noSavedCard();
}

/** Makes a card the default. Returns false if the card, or its customer, was deleted since the card was listed. */
async function isUsed(deps: SubscriptionsNeeds, { customerId }: Subscription, methodId: string): Promise<boolean> {
  if (customerId === null) return false;
  try {
    await defaultProvider(deps).cards.setDefaultMethod(customerId, methodId);
    return true;
  } catch (error) {
    if (hasCode(error, 'PAYMENT_METHOD_NOT_FOUND')) return false;
    throw error;
  }
}

const NO_CARD = 'no_saved_card';

/** Returns the error of a failed subscription, so that a repeated request gets the first answer again. */
function notPaid({ lastPaymentError }: Subscription): AppError {
  if (lastPaymentError?.code === NO_CARD) return noSavedCard();
  return lastPaymentError ? planNotPaid(lastPaymentError) : subscriptionNotRunning('failed');
}

async function keyFor(
  deps: SubscriptionsNeeds,
  caller: AccountCaller,
  subscription: Subscription,
  { keyName }: SubscribeRequest,
  { key, requestHash }: Idempotency,
): Promise<SubscriptionKey> {
  try {
    if (isOver(subscription)) throw subscriptionNotRunning(subscription.status);
    const request = { name: keyName, kind: 'live', expiresAt: null, subscriptionId: subscription.id } as const;
    const idempotency = { key: key?.ofPart('subscribe') ?? null, requestHash };
    const { key: made, secret } = await createApiKey(deps, caller, request, idempotency);
    return { key: { id: made.id, name: made.name, apiKey: secret } };
  } catch (error) {
    deps.logger.error('a subscription was created, but not its key', {
      subscriptionId: subscription.id,
      cause: String(error),
    });
    const code = hasCode(error) ? error.code : 'KEY_NOT_CREATED';
    return {
      keyError: {
        code,
        message: 'The key could not be created. Create it with POST /api/account/keys and subscriptionId.',
      },
    };
  }
}
