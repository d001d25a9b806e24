import type Stripe from 'stripe';
import { stripe } from '../support/stripeControl.ts';
import type { Shop } from './shop.ts';

/** A declared request to an operation. */
interface Wanted {
  /** The sender; the account's owner by default. */
  readonly by?: keyof Shop['callers'];
  /** Path and body of the request, with ids of `whose` and texts of the sender. */
  readonly request?: (
    whose: Shop,
    sender: Shop,
  ) => { readonly id?: string; readonly eventId?: string; readonly body?: object };
  /** The answer to a request with an id of the other account, or the reason why no such id can be sent. */
  readonly foreign: readonly [status: number, code: string] | string;
}

/** An operation that creates an object, whose id differs between the accounts and which belongs to its creator. */
export interface Makes extends Wanted {
  readonly effect: 'makes';
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
  readonly ids: (data: any) => readonly string[];
  /**
   * The place of the first created object: a document below the account, or a document with a field for its owner.
   */
  readonly kept:
    | ((id: string, accountId: string) => string)
    | { readonly at: (id: string) => string; readonly owner: 'accountId' | 'createdBy' }
    | { readonly ofCustomer: (id: string) => Promise<unknown> };
}

/** An operation that changes the account's data. */
export interface Changes extends Wanted {
  readonly effect: 'changes';
}

/** An operation that writes nothing. */
export interface Nothing extends Wanted {
  readonly effect: 'nothing';
}

/** An operation on data that belongs to no account. */
interface Global {
  readonly effect: 'global';
  readonly reason: string;
}

const entryIn = (walletId: string) => (id: string, accountId: string) =>
  `accounts/${accountId}/wallets/${walletId}/entries/${id}`;
const inAccount = (collection: string) => (id: string, accountId: string) =>
  `accounts/${accountId}/${collection}/${id}`;
const order = { at: (id: string) => `orders/${id}`, owner: 'accountId' } as const;

/** Finds the customer of a portal session in Stripe's events, because Stripe has no list of sessions. */
async function customerOfPortal(url: string): Promise<unknown> {
  const { data } = await stripe.events.list({ type: 'billing_portal.session.created', limit: 100 });
  const sessions = data.map((event) => event.data.object as Stripe.BillingPortal.Session);
  return sessions.find((session) => session.url === url)?.customer;
}

const NO_IDS = 'The operation takes no ids; it concerns its sender.';
const OPERATORS = 'Operators may name every account; the audit log records their reason.';
const CATALOG: Global = {
  effect: 'global',
  reason: 'There is one catalog; the audit log says which operator changed it.',
};

const charge404 = [404, 'CHARGE_NOT_FOUND'] as const;
const key404 = [404, 'API_KEY_NOT_FOUND'] as const;
const webhook404 = [404, 'WEBHOOK_NOT_FOUND'] as const;
const integration404 = [404, 'INTEGRATION_NOT_FOUND'] as const;
const card404 = [404, 'PAYMENT_METHOD_NOT_FOUND'] as const;
const subscription404 = [404, 'SUBSCRIPTION_NOT_FOUND'] as const;

/** The effect of each operation that may write, in the order in which the test tries them. */
export const effects: Readonly<Record<string, Makes | Changes | Nothing | Global>> = {
  'POST /billing/charges': {
    effect: 'makes',
    by: 'key',
    request: (_, { marker }) => ({ body: { operation: 'follow', description: marker, metadata: { marker } } }),
    ids: ({ id }) => [id],
    kept: entryIn('main'),
    foreign: 'A key spends from its own wallet; another test tries wallets of other accounts.',
  },
  'POST /billing/charges/batch': {
    effect: 'makes',
    by: 'key',
    request: (_, { marker }) => ({
      body: { charges: ['follow', 'unfollow'].map((operation) => ({ operation, description: marker })) },
    }),
    ids: ({ results }) => results.map(({ data }: { data: { id: string } }) => data.id),
    kept: entryIn('main'),
    foreign: NO_IDS,
  },
  'POST /billing/charges/estimate': {
    effect: 'nothing',
    by: 'key',
    request: () => ({ body: { operation: 'follow' } }),
    foreign: NO_IDS,
  },
  'POST /billing/charges/{id}/capture': {
    effect: 'changes',
    by: 'key',
    request: ({ ids }) => ({ id: ids.holdToCapture, body: {} }),
    foreign: charge404,
  },
  'POST /billing/charges/{id}/release': {
    effect: 'changes',
    by: 'key',
    request: ({ ids }) => ({ id: ids.holdToRelease, body: {} }),
    foreign: charge404,
  },
  'POST /billing/charges/{id}/extend': {
    effect: 'changes',
    by: 'key',
    request: ({ ids }) => ({ id: ids.holdToExtend, body: { holdSeconds: 3_600 } }),
    foreign: charge404,
  },
  'POST /account/deliveries': {
    effect: 'makes',
    by: 'key',
    request: (_, { marker }) => ({ body: { operation: 'presetShare', recipient: marker } }),
    ids: ({ id, chargeId }) => [id, chargeId],
    kept: inAccount('deliveries'),
    foreign: NO_IDS,
  },
  'POST /billing/checkout': {
    effect: 'makes',
    request: () => ({ body: { pack: 'starter' } }),
    ids: ({ orderId, sessionId }) => [orderId, sessionId],
    kept: order,
    foreign: NO_IDS,
  },
  'POST /billing/orders/{id}/cancel': {
    effect: 'changes',
    request: ({ ids }) => ({ id: ids.openOrder }),
    foreign: [404, 'ORDER_NOT_FOUND'],
  },
  'POST /billing/topup': {
    effect: 'makes',
    request: () => ({ body: { amount: 50, method: 'stripe' } }),
    ids: ({ orderId, sessionId }) => [orderId, sessionId],
    kept: order,
    foreign: NO_IDS,
  },
  'POST /billing/verify-topup': {
    effect: 'global',
    reason:
      'The order of a transfer has the id of the transfer, so that only the recipient is credited, and only once.',
  },
  'POST /billing/subscribe': {
    effect: 'makes',
    request: (_, { marker }) => ({ body: { planSlug: 'pro', createKey: true, keyName: marker } }),
    ids: ({ orderId, subscriptionId, key }) => [orderId, subscriptionId, key.id],
    kept: order,
    foreign: NO_IDS,
  },
  'POST /billing/change-plan': {
    effect: 'changes',
    request: ({ ids }) => ({ body: { subscriptionId: ids.subscription, planSlug: 'team', interval: 'year' } }),
    foreign: subscription404,
  },
  'POST /billing/cancel': {
    effect: 'changes',
    request: ({ ids }) => ({ body: { subscriptionId: ids.subscription } }),
    foreign: subscription404,
  },
  'POST /billing/resume': {
    effect: 'changes',
    request: ({ ids }) => ({ body: { subscriptionId: ids.subscription } }),
    foreign: subscription404,
  },
  'PUT /billing/auto-topup': {
    effect: 'changes',
    request: () => ({ body: { enabled: true, thresholdCredits: 1, pack: 'starter', monthlyCap: 100 } }),
    foreign: NO_IDS,
  },
  'PUT /billing/alerts': {
    effect: 'changes',
    request: () => ({ body: { lowBalanceThresholds: [10], email: false } }),
    foreign: NO_IDS,
  },
  'POST /billing/invoicing': { effect: 'changes', foreign: NO_IDS },
  'POST /admin/invoicing/{id}/approve': {
    effect: 'changes',
    by: 'operator',
    request: ({ accountId }) => ({ id: accountId, body: { daysUntilDue: 14 } }),
    foreign: OPERATORS,
  },
  'POST /billing/invoices': {
    effect: 'makes',
    request: () => ({ body: { amount: 500 } }),
    ids: ({ orderId }) => [orderId],
    kept: order,
    foreign: NO_IDS,
  },
  'POST /admin/invoicing/{id}/decline': {
    effect: 'changes',
    by: 'operator',
    request: ({ accountId }, { marker }) => ({ id: accountId, body: { reason: marker } }),
    foreign: OPERATORS,
  },
  'POST /billing/setup-intent': {
    effect: 'makes',
    ids: ({ clientSecret }) => [clientSecret.split('_secret_')[0]],
    kept: { ofCustomer: async (id) => (await stripe.setupIntents.retrieve(id)).customer },
    foreign: NO_IDS,
  },
  'POST /billing/setup-checkout': {
    effect: 'makes',
    request: () => ({ body: {} }),
    ids: ({ sessionId }) => [sessionId],
    kept: { ofCustomer: async (id) => (await stripe.checkout.sessions.retrieve(id)).customer },
    foreign: NO_IDS,
  },
  'POST /billing/portal': {
    effect: 'makes',
    request: () => ({ body: {} }),
    ids: ({ url }) => [url],
    kept: { ofCustomer: customerOfPortal },
    foreign: NO_IDS,
  },
  'PUT /billing/payment-methods/{id}/default': {
    effect: 'changes',
    request: ({ ids }) => ({ id: ids.card }),
    foreign: card404,
  },
  'DELETE /billing/payment-methods/{id}': {
    effect: 'changes',
    request: ({ ids }) => ({ id: ids.otherCard }),
    foreign: card404,
  },
  'POST /account/keys': {
    effect: 'makes',
    request: (_, { marker }) => ({ body: { name: marker } }),
    ids: ({ id }) => [id],
    kept: inAccount('keyIds'),
    foreign: NO_IDS,
  },
  'PATCH /account/keys/{id}': {
    effect: 'changes',
    request: ({ ids }, { marker }) => ({ id: ids.key, body: { name: `Key ${marker}` } }),
    foreign: key404,
  },
  'POST /account/keys/{id}/rotate': {
    effect: 'changes',
    request: ({ ids }) => ({ id: ids.key, body: {} }),
    foreign: key404,
  },
  'DELETE /account/keys/{id}': { effect: 'changes', request: ({ ids }) => ({ id: ids.key }), foreign: key404 },
  'POST /account/test-credits': {
    effect: 'makes',
    request: () => ({ body: { amountCredits: 5 } }),
    ids: ({ transactionId }) => [transactionId],
    kept: entryIn('test'),
    foreign: NO_IDS,
  },
  'POST /account/integrations': {
    effect: 'makes',
    request: (_, { marker }) => ({ body: { name: marker } }),
    ids: ({ id }) => [id],
    kept: inAccount('integrations'),
    foreign: NO_IDS,
  },
  'PATCH /account/integrations/{id}': {
    effect: 'changes',
    request: ({ ids }, { marker }) => ({ id: ids.integration, body: { name: `Shop ${marker}` } }),
    foreign: integration404,
  },
  'DELETE /account/integrations/{id}': {
    effect: 'changes',
    request: ({ ids }) => ({ id: ids.integration }),
    foreign: integration404,
  },
  'POST /account/webhooks': {
    effect: 'makes',
    request: (_, { hook }) => ({ body: { url: hook } }),
    ids: ({ id }) => [id],
    kept: inAccount('webhookEndpoints'),
    foreign: NO_IDS,
  },
  'POST /account/webhooks/{id}/test': {
    effect: 'makes',
    request: ({ ids }) => ({ id: ids.webhook }),
    ids: ({ eventId }) => [eventId],
    kept: { at: (id) => `accountEvents/${id}`, owner: 'accountId' },
    foreign: webhook404,
  },
  'POST /account/webhooks/{id}/events/{eventId}/resend': {
    effect: 'changes',
    request: ({ ids }, sender) => ({ id: sender.ids.webhook, eventId: ids.event }),
    foreign: [404, 'EVENT_NOT_FOUND'],
  },
  'POST /account/webhooks/{id}/rotate': {
    effect: 'changes',
    request: ({ ids }) => ({ id: ids.webhook }),
    foreign: webhook404,
  },
  'PATCH /account/webhooks/{id}': {
    effect: 'changes',
    request: ({ ids }, { marker }) => ({ id: ids.webhook, body: { description: marker } }),
    foreign: webhook404,
  },
  'DELETE /account/webhooks/{id}': {
    effect: 'changes',
    request: ({ ids }) => ({ id: ids.webhook }),
    foreign: webhook404,
  },
  'POST /billing/checkin': {
    effect: 'makes',
    ids: ({ transactionId }) => [transactionId],
    kept: entryIn('main'),
    foreign: NO_IDS,
  },
  'POST /billing/coupons/redeem': {
    effect: 'makes',
    request: ({ ids }) => ({ body: { code: ids.coupon } }),
    ids: ({ transactionId }) => [transactionId],
    kept: entryIn('main'),
    foreign: 'Everybody who knows the code of a coupon may use the coupon.',
  },
  'POST /admin/coupons': {
    effect: 'makes',
    by: 'operator',
    request: (_, { marker }) => ({ body: { code: `NEW-${marker}`, credits: 5 } }),
    ids: ({ id }) => [id],
    kept: { at: (id) => `coupons/${id}`, owner: 'createdBy' },
    foreign: OPERATORS,
  },
  'POST /admin/coupons/{id}/disable': {
    effect: 'changes',
    by: 'operator',
    request: ({ ids }) => ({ id: ids.coupon }),
    foreign: OPERATORS,
  },
  'POST /admin/orders/{id}/refund': {
    effect: 'makes',
    by: 'operator',
    request: ({ ids }) => ({ id: ids.order, body: {} }),
    ids: ({ id }) => [id],
    kept: { at: (id) => `refunds/${id}`, owner: 'accountId' },
    foreign: OPERATORS,
  },
  'POST /admin/credits/manual': {
    effect: 'makes',
    by: 'operator',
    request: ({ accountId }, { marker }) => ({ body: { accountId, amountCredits: 1, reason: marker } }),
    ids: ({ id }) => [id],
    kept: entryIn('main'),
    foreign: OPERATORS,
  },
  'POST /admin/webhook-events/{id}/replay': {
    effect: 'changes',
    by: 'operator',
    request: ({ ids }) => ({ id: ids.stripeEvent }),
    foreign: OPERATORS,
  },
  'PUT /admin/catalog': CATALOG,
  'POST /admin/catalog/preview': CATALOG,
  'POST /admin/catalog/rollback': CATALOG,
  'POST /admin/plans': CATALOG,
  'PUT /admin/plans/{id}': CATALOG,
  'POST /admin/packs': CATALOG,
  'PUT /admin/packs/{id}': CATALOG,
  'PUT /admin/pricing': CATALOG,
  'PUT /admin/checkin/config': CATALOG,
  'DELETE /account': {
    effect: 'changes',
    by: 'leaver',
    request: ({ callers }) => ({ body: { accountId: callers.leaver.accountId } }),
    foreign: [403, 'ACCOUNT_MISMATCH'],
  },
  'POST /admin/accounts/{id}/freeze': {
    effect: 'changes',
    by: 'operator',
    request: ({ accountId }, { marker }) => ({ id: accountId, body: { reason: marker } }),
    foreign: OPERATORS,
  },
  'POST /admin/accounts/{id}/unfreeze': {
    effect: 'changes',
    by: 'operator',
    request: ({ accountId }) => ({ id: accountId, body: {} }),
    foreign: OPERATORS,
  },
};
