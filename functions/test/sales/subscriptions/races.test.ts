import { randomUUID } from 'node:crypto';
import { IdempotencyKey } from '@cloud-bridge/base';
import { createApiKey } from '../../../src/access/apiKeys/createApiKey.ts';
import { BUILT_IN_CATALOGS } from '../../../src/catalog/builtInCatalogs.ts';
import type { Parts } from '../../../src/main/compose.ts';
import type { AccountCaller } from '../../../src/platform/http/caller.ts';
import type { SubscriptionTruth } from '../../../src/sales/payments/subscriptionProvider.ts';
import { changePlan } from '../../../src/sales/subscriptions/changeSubscription.ts';
import { subscribeByCard } from '../../../src/sales/subscriptions/subscribeByCard.ts';
import type { Subscription } from '../../../src/sales/subscriptions/subscription.ts';
import { syncSubscription } from '../../../src/sales/subscriptions/syncSubscription.ts';
import { withMethod } from '../../support/crash.ts';
import { suiteDeps } from '../../support/functionsTest.ts';
import { readLedger } from '../../support/ledger.ts';
import { takeLogged } from '../../support/logged.ts';
import { allWebhooksDelivered, control, stripe } from '../../support/stripeControl.ts';
import { DAY_SECONDS, Subscriber } from '../../support/subscriptions.ts';
import { withPorts } from '../../support/withPorts.ts';

let deps: Parts;
let subscriber: Subscriber;
let caller: AccountCaller;
let subscription: Subscription;
let providerId: string;
beforeAll(() => {
  deps = suiteDeps();
});
beforeEach(async () => {
  subscriber = await Subscriber.create();
  caller = { kind: 'account', accountId: subscriber.person.accountId, via: 'idToken', isAdmin: false };
  const { data } = (await subscriber.subscribe({ createKey: true })).expect(201);
  providerId = data.stripeSubscriptionId;
  subscription = await stored(data.subscriptionId);
});

async function stored(id: string): Promise<Subscription> {
  const found = await deps.subscriptions.find(id);
  if (!found) throw new Error(`no subscription ${id}`);
  return found;
}
const reference = () => ({ subscriptionId: subscription.id, providerSubscriptionId: providerId });
const anyIdempotency = () => ({ key: null, requestHash: randomUUID() });

/** Makes a change at Stripe without a webhook. */
async function unheard(change: () => Promise<unknown>): Promise<void> {
  await control('/_local/webhooks', { drop: true });
  try {
    await change();
  } finally {
    await control('/_local/webhooks', { reset: true });
  }
}

/** Returns the dependencies with another function that fetches a subscription at Stripe. */
function fetching(fetch: (id: string) => Promise<SubscriptionTruth>): Parts {
  const subscriptions = withMethod(deps.providers.stripe.subscriptions, 'fetch', fetch);
  return { ...deps, providers: withPorts(deps.providers, 'stripe', { subscriptions }) };
}

/** Returns the dependencies with a method of the keys' store that fails midway. */
function breakingOff(method: 'change' | 'create'): Parts {
  const broken = () => Promise.reject(new Error('the network is gone'));
  return { ...deps, apiKeys: withMethod(deps.apiKeys, method, broken) };
}

it('does not overwrite a newer state of a subscription with an older one', async () => {
  let fetches = 0;
  const slow = fetching(async (id) => {
    const truth = await deps.providers.stripe.subscriptions.fetch(id);
    fetches += 1;
    if (fetches > 1) return truth;
    await unheard(() => stripe.subscriptions.update(id, { cancel_at_period_end: true }));
    await syncSubscription(deps, reference(), null);
    return truth;
  });
  await syncSubscription(slow, reference(), null);
  expect(fetches).toBe(2);
  expect((await stored(subscription.id)).cancelAtPeriodEnd).toBe(true);
});

it('revokes the keys in the next check if ending a subscription was interrupted before', async () => {
  await unheard(() => stripe.subscriptions.cancel(providerId));
  const broken = breakingOff('change');
  const event = { provider: 'stripe', eventId: `evt_${randomUUID().replaceAll('-', '')}`, type: 'any' } as const;
  await expect(syncSubscription(broken, reference(), event)).rejects.toThrow('the network is gone');
  expect(await deps.incomingEvents.isMarked(event)).toBe(false);
  expect((await stored(subscription.id)).status).toBe('active');
  expect((await syncSubscription(deps, reference(), event)).duplicate).toBe(false);
  expect(await deps.incomingEvents.isMarked(event)).toBe(true);
  expect(await subscriber.subscription(subscription.id)).toMatchObject({
    status: 'canceled',
    keys: [{ isActive: false }],
  });
  const kinds = (await readLedger(caller.accountId, subscription.id)).map(({ kind }) => kind);
  expect(kinds).toEqual(['grant', 'closure']);
});

it('revokes a key that is created while the subscription ends', async () => {
  await stripe.subscriptions.cancel(providerId);
  await allWebhooksDelivered();
  const outdated: Parts = { ...deps, requireRunningWallet: async () => subscription.id };
  const request = { name: 'late', kind: 'live', expiresAt: null, subscriptionId: subscription.id } as const;
  await expect(createApiKey(outdated, caller, request, anyIdempotency())).rejects.toMatchObject({
    code: 'SUBSCRIPTION_NOT_ACTIVE',
  });
  const { keys } = await subscriber.subscription(subscription.id);
  expect(keys.map((key: { isActive: boolean }) => key.isActive)).toEqual([false, false]);
});

it('keeps the subscription if only the creation of its key fails, and says so', async () => {
  const broken = breakingOff('create');
  const request = { planSlug: 'pro', currency: 'usd', createKey: true, keyName: 'api-key' };
  const idempotency = { key: new IdempotencyKey(randomUUID()), requestHash: 'same' };
  const first = await subscribeByCard(broken, caller, request, idempotency);
  expect(first.key).toMatchObject({ keyError: { code: 'KEY_NOT_CREATED' } });
  expect(takeLogged('a subscription was created, but not its key')).toMatchObject([
    { subscriptionId: first.subscription.id },
  ]);
  expect(first.subscription).toMatchObject({ status: 'active' });
  const again = await subscribeByCard(deps, caller, request, idempotency);
  expect(again).toMatchObject({ replayed: true, subscription: { id: first.subscription.id } });
  expect(again.key).toMatchObject({ key: { apiKey: expect.stringMatching(/^ndsp_live_/) } });
  await allWebhooksDelivered();
});

it('adds no credits for a payment after the end, and marks the order as paid', async () => {
  await unheard(() => stripe.subscriptions.cancel(providerId));
  const late = fetching(async (id) => {
    const truth = await deps.providers.stripe.subscriptions.fetch(id);
    const [first] = truth.paidInvoices;
    if (!first) throw new Error('nothing was paid');
    const invoice = { ...first, id: 'in_late', paymentId: null, isFirst: false };
    return { ...truth, paidInvoices: [...truth.paidInvoices, invoice] };
  });
  await syncSubscription(deps, reference(), null);
  await syncSubscription(late, reference(), null);
  expect(await readLedger(caller.accountId, subscription.id)).toHaveLength(2);
  const [order] = (await subscriber.person.send('GET', '/billing/orders')).expect(200).data;
  expect(order).toMatchObject({ status: 'paid', credits: 0, transactionId: null });
  expect(takeLogged('an invoice was paid after the end of its subscription')).toMatchObject([{ orderId: order.id }]);
});

it('grants nothing for an upgrade or a downgrade until the next period is paid', async () => {
  const catalog = BUILT_IN_CATALOGS['cloud-bridge'];
  const billing = {
    type: 'renewing',
    monthlyUnitAmountsMinor: { usd: 19_900 },
    yearlyUnitAmountsMinor: { usd: 199_000 },
  } as const;
  const bigger = { slug: 'bigger', name: 'Bigger', description: '', credits: 7_000, features: [], billing };
  const withBigger = {
    ...deps,
    catalog: { current: async () => ({ ...catalog, plans: [...catalog.plans, bigger] }) },
  };
  const change = (planSlug: string) => changePlan(withBigger, caller.accountId, subscription.id, { planSlug });
  expect(await change('bigger')).toMatchObject({ period: { planSlug: 'team' }, next: { planSlug: 'bigger' } });
  await change('team');
  await change('bigger');
  await allWebhooksDelivered();
  const view = await subscriber.subscription(subscription.id);
  expect(view).toMatchObject({ planSlug: 'team', nextPlanSlug: 'bigger', availableCredits: 2_500 });
  await subscriber.advance(32 * DAY_SECONDS);
  const grants = await readLedger(caller.accountId, subscription.id);
  expect(grants.map(({ amountCredits }) => amountCredits)).toEqual([2_500, 7_000]);
  expect(await subscriber.subscription(subscription.id)).toMatchObject({ planSlug: 'bigger', creditsPerPeriod: 7_000 });
});
