import { creemOrder } from '../../support/creemControl.ts';
import { runScheduled } from '../../support/functionsTest.ts';
import { newPerson, type Person } from '../../support/people.ts';
import {
  allWebhooksDelivered,
  control,
  onCheckoutPage,
  order,
  orderOf,
  type StartedOrder,
  stripe,
} from '../../support/stripeControl.ts';
import { database } from '../../support/suite.ts';

const LIMIT = 20;

let person: Person;
beforeEach(async () => {
  person = await newPerson();
});

/** Requests that open a page: a pack, a plan and an amount at Stripe, a pack and a plan at Creem. */
const PAGES = [
  ['/billing/checkout', { pack: 'starter' }],
  ['/billing/checkout', { planSlug: 'team', interval: 'month' }],
  ['/billing/topup', { amount: 10, method: 'stripe' }],
  ['/billing/checkout', { pack: 'starter', provider: 'creem' }],
  ['/billing/checkout', { planSlug: 'standard', provider: 'creem' }],
] as const;

function open(index: number, idempotencyKey?: string) {
  const [path, body] = PAGES[index % PAGES.length] ?? PAGES[0];
  return person.send('POST', path, { body, idempotencyKey });
}

const pendingOrders = async () =>
  (await person.send('GET', '/billing/orders?status=pending&limit=100')).expect(200).data as { id: string }[];

/** Places orders until the limit of open orders is reached. */
async function openAll(): Promise<StartedOrder[]> {
  return Promise.all(Array.from({ length: LIMIT }, () => order(person)));
}

it('opens exactly twenty of fifty pages of all kinds that are requested at once', async () => {
  const replies = await Promise.all(Array.from({ length: 50 }, (_, index) => open(index)));
  expect(replies.filter(({ status }) => status === 201)).toHaveLength(LIMIT);
  const ids = (await pendingOrders()).map(({ id }) => id).sort();
  expect(ids).toHaveLength(LIMIT);
  for (const reply of replies.filter(({ status }) => status !== 201)) {
    const { details } = reply.expectError(409, 'TOO_MANY_OPEN_CHECKOUTS').json.error;
    expect(details.limit).toBe(LIMIT);
    expect([...details.orderIds].sort()).toEqual(ids);
  }
  for (const index of PAGES.keys()) (await open(index)).expectError(409, 'TOO_MANY_OPEN_CHECKOUTS');
  // Other accounts are not affected.
  await order(await newPerson());
});

it('returns the open page for a repeated request, even at the limit', async () => {
  const first = (await open(0, 'first')).expect(201).data;
  await Promise.all(Array.from({ length: LIMIT - 1 }, () => order(person)));
  expect((await open(0, 'first')).expect(201).data).toEqual(first);
  (await open(0, 'another')).expectError(409, 'TOO_MANY_OPEN_CHECKOUTS');
  expect((await open(0, 'first')).expect(201).data).toEqual(first);
});

it('allows exactly one more page after a page is paid', async () => {
  const [page] = await openAll();
  await onCheckoutPage(page?.url ?? '', 'pay');
  await allWebhooksDelivered();
  const replies = await Promise.all(Array.from({ length: 5 }, (_, index) => open(index)));
  expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(await pendingOrders()).toHaveLength(LIMIT);
});

it('allows another page after a page expires, even if only the reconciliation notices', async () => {
  const pages = await openAll();
  const [page] = pages;
  await stripe.checkout.sessions.expire(page?.sessionId ?? '');
  await allWebhooksDelivered();
  expect((await orderOf(person, page?.orderId ?? '')).status).toBe('expired');
  const { orderId } = await creemOrder(person);
  (await open(0)).expectError(409, 'TOO_MANY_OPEN_CHECKOUTS');
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
  await database()
    .doc(`orders/${orderId}`)
    .update({ createdAt: hoursAgo(26), 'checkout.expiresAt': hoursAgo(2) });
  await runScheduled('reconcilePendingOrders');
  expect((await orderOf(person, orderId)).status).toBe('expired');
  await order(person);
});

it('allows another page after the provider refused an order', async () => {
  await Promise.all(Array.from({ length: LIMIT - 1 }, () => order(person)));
  const fault = { method: 'POST', path: '/v1/checkout/sessions', status: 400, times: 1 };
  (await control('/_local/faults', fault)).expect(200);
  (await open(0)).expectError(502, 'PAYMENT_PROVIDER_REFUSED');
  await order(person);
  (await open(0)).expectError(409, 'TOO_MANY_OPEN_CHECKOUTS');
});
