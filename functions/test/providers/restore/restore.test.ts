import { randomUUID } from 'node:crypto';
import { Seals } from '../../../src/sales/seals/seals.ts';
import { saveCard } from '../../support/cards.ts';
import {
  atCreem,
  creemControl,
  creemDelivered,
  creemEventOf,
  creemOrder,
  creemOrderPaid,
  onCreemPage,
  postCreemEvent,
} from '../../support/creemControl.ts';
import { runScheduled } from '../../support/functionsTest.ts';
import { allowInvoicing } from '../../support/invoicing.ts';
import { auditWallet, readLedger } from '../../support/ledger.ts';
import { newAdmin, newPerson, type Person, personWithCredits } from '../../support/people.ts';
import {
  allWebhooksDelivered,
  control,
  newEventId,
  onCheckoutPage,
  order,
  postEvent,
  resetLocalStripe,
  stripe,
} from '../../support/stripeControl.ts';
import { Subscriber } from '../../support/subscriptions.ts';
import { DEPLOYMENT_KEY, database, HOSTING_URL, PROJECT } from '../../support/suite.ts';
import { Backup } from './Backup.ts';

let admin: Person;
beforeAll(async () => {
  admin = await newAdmin();
});

/** Reads the parts of a person's orders and wallets that a restore must not change. */
async function booksOf(person: Person) {
  const { docs } = await database().collection('orders').where('accountId', '==', person.accountId).get();
  const orders = docs.map((document) => document.data()).sort((one, other) => (one.id < other.id ? -1 : 1));
  const wallets = await database().collection(`accounts/${person.accountId}/wallets`).listDocuments();
  const ledgers: Record<string, unknown[]> = {};
  for (const { id } of wallets) {
    // Also that it adds up.
    await auditWallet(person.accountId, id);
    const entries = await readLedger(person.accountId, id);
    ledgers[id] = entries.map(({ id: entryId, kind, amountCredits, orderId }) => ({
      entryId,
      kind,
      amountCredits,
      orderId,
    }));
  }
  const kept = ['id', 'accountId', 'walletId', 'kind', 'method', 'productKey', 'productName', 'credits'];
  const alsoKept = ['unitAmountMinor', 'currency', 'status', 'paymentId', 'entryId', 'requestHash', 'direct'];
  return {
    ledgers,
    orders: orders.map((stored) => ({
      ...Object.fromEntries([...kept, ...alsoKept].map((field) => [field, stored[field]])),
      // Of a plan the subscription counts, which doesn't say on which page it was paid; nobody places a renewal.
      sessionId: stored.kind === 'plan' ? null : stored.checkout?.sessionId,
      createdAt: stored.kind === 'plan' && stored.method === 'automatic' ? null : stored.createdAt,
      // Whom an invoice was sent to its order says only when it was made again.
      customerId: stored.kind === 'invoice' ? null : stored.customerId,
      paidAmountMinor: stored.receipt?.paidAmountMinor,
      discount: stored.discount,
    })),
  };
}

async function subscriptionsOf(person: Person) {
  const { docs } = await database().collection('subscriptions').where('accountId', '==', person.accountId).get();
  const fields = [
    'id',
    'orderId',
    'status',
    'ordered',
    'period',
    'next',
    'customerId',
    'providerSubscriptionId',
    'requestHash',
  ];
  return docs.map((stored) => Object.fromEntries(fields.map((field) => [field, stored.get(field)])));
}

/** Reads everything that a person has paid for. */
const everythingOf = async (person: Person) => ({
  ...(await booksOf(person)),
  subscriptions: await subscriptionsOf(person),
});

interface Purchase {
  readonly name: string;
  /** Done before the backup. */
  prepare?(person: Person): Promise<unknown>;
  buy(person: Person): Promise<unknown>;
}

const topUp = (person: Person, method: string) =>
  person.send('POST', '/billing/topup', { body: { amount: 20, method } }).then((reply) => reply.expect(201).data);

async function couponCode(): Promise<string> {
  const body = { percentOff: 33, code: `RESTORE${Date.now()}` };
  return (await admin.send('POST', '/admin/coupons', { body })).expect(201).data.code;
}

const VIA_STRIPE: Purchase[] = [
  { name: 'a pack', buy: async (person) => onCheckoutPage((await order(person)).url, 'pay') },
  {
    name: 'a pack with a coupon',
    buy: async (person) => {
      const body = { pack: 'starter', couponCode: await couponCode() };
      const { url } = (await person.send('POST', '/billing/checkout', { body })).expect(201).data;
      await onCheckoutPage(url, 'pay');
    },
  },
  { name: 'a top-up on a page', buy: async (person) => onCheckoutPage((await topUp(person, 'stripe')).url, 'pay') },
  { name: 'a top-up with a saved card', prepare: saveCard, buy: (person) => topUp(person, 'stripe_direct') },
  {
    name: 'a plan on a page',
    buy: async (person) => {
      const { url } = (await person.send('POST', '/billing/checkout', { body: { planSlug: 'team' } })).expect(201).data;
      await onCheckoutPage(url, 'pay');
    },
  },
  {
    name: 'a plan with a saved card',
    prepare: saveCard,
    buy: (person) => person.send('POST', '/billing/subscribe', { body: { planSlug: 'team' } }),
  },
  {
    name: 'an invoice',
    prepare: ({ accountId }) => allowInvoicing(accountId, admin),
    buy: async (person) => {
      const { orderId } = (await person.send('POST', '/billing/invoices', { body: { amount: 500 } })).expect(201).data;
      const invoiceId = (await database().doc(`orders/${orderId}`).get()).get('invoice.invoiceId');
      await stripe.invoices.pay(invoiceId, { paid_out_of_band: true });
    },
  },
];

/** Posts all of Stripe's events about an account since a moment again, in their order. */
async function tellAgain(person: Person, sinceSeconds: number): Promise<void> {
  const customerId = (await database().doc(`accounts/${person.accountId}`).get()).get('customerIds.stripe');
  const events = await stripe.events.list({ limit: 100, created: { gte: sinceSeconds } });
  const own = events.data.filter((event) => JSON.stringify(event).includes(customerId ?? person.accountId));
  for (const event of own.reverse()) await postEvent(JSON.parse(JSON.stringify(event)));
}

describe.each(VIA_STRIPE)('$name, paid after the backup', ({ prepare, buy }) => {
  it.each(['the reconciliation', 'an event that comes again'])('is credited once by %s', async (by) => {
    const person = await newPerson();
    await person.grant(7);
    await prepare?.(person);
    const backup = await Backup.take(person);
    const sinceSeconds = Math.floor(Date.now() / 1000);
    await buy(person);
    await allWebhooksDelivered();
    const before = await everythingOf(person);
    expect(before.orders).toMatchObject([{ status: 'paid' }]);
    await backup.restore();
    expect((await everythingOf(person)).orders).toEqual([]);
    for (const _turn of [1, 2]) {
      if (by === 'the reconciliation') await runScheduled('reconcilePayments');
      else await tellAgain(person, sinceSeconds);
      expect(await everythingOf(person)).toEqual(before);
    }
  });
});

it('a renewal that was paid after the backup is credited once', async () => {
  const subscriber = await Subscriber.create();
  const { person } = subscriber;
  (await subscriber.subscribe()).expect(201);
  const backup = await Backup.take(person);
  await subscriber.advance(32 * 24 * 60 * 60);
  const before = await everythingOf(person);
  expect(before.orders).toHaveLength(2);
  await backup.restore();
  for (const _turn of [1, 2]) {
    await runScheduled('reconcilePayments');
    expect(await everythingOf(person)).toEqual(before);
  }
});

it('a subscription and its renewals that were all paid after the backup are credited once', async () => {
  const subscriber = await Subscriber.create();
  const { person } = subscriber;
  const backup = await Backup.take(person);
  (await subscriber.subscribe()).expect(201);
  await subscriber.advance(32 * 24 * 60 * 60);
  await subscriber.advance(31 * 24 * 60 * 60);
  const before = await everythingOf(person);
  expect(before.orders).toHaveLength(3);
  await backup.restore();
  for (const _turn of [1, 2]) {
    await runScheduled('reconcilePayments');
    expect(await everythingOf(person)).toEqual(before);
  }
});

it('a lost order whose payment has been refunded is credited, and the credits are revoked', async () => {
  const person = await newPerson();
  const backup = await Backup.take(person);
  await onCheckoutPage((await order(person)).url, 'pay');
  await allWebhooksDelivered();
  const [{ paymentId }] = (await booksOf(person)).orders as unknown as { paymentId: string }[] &
    [{ paymentId: string }];
  await stripe.refunds.create({ payment_intent: paymentId });
  await allWebhooksDelivered();
  const before = await everythingOf(person);
  expect(before.orders).toMatchObject([{ status: 'refunded' }]);
  await backup.restore();
  await runScheduled('reconcilePayments');
  expect((await everythingOf(person)).orders).toEqual(before.orders);
  expect((await person.credits()).availableCredits).toBe(0);
});

it('an automatic top-up after the backup is credited once, and the next top-up has another order', async () => {
  const { person, key } = await personWithCredits(100);
  await saveCard(person);
  const rule = { enabled: true, thresholdCredits: 100, pack: 'starter', monthlyCap: 100 };
  (await person.send('PUT', '/billing/auto-topup', { body: rule })).expect(200);
  const backup = await Backup.take(person);
  const spend = async (quantity: number) => (await key.charge({ operation: 'presetShare', quantity })).expect(201);
  await spend(1);
  await runScheduled('sweepTopUps');
  await allWebhooksDelivered();
  const { orders } = await everythingOf(person);
  expect(orders).toMatchObject([{ status: 'paid', method: 'automatic' }]);
  await backup.restore();
  await runScheduled('reconcilePayments');
  expect((await everythingOf(person)).orders).toEqual(orders);
  // Charges since the backup are lost.
  expect((await person.credits()).availableCredits).toBe(200);
  await spend(11);
  await runScheduled('sweepTopUps');
  await allWebhooksDelivered();
  const after = (await everythingOf(person)).orders;
  expect(after).toHaveLength(2);
  expect(after).toContainEqual(orders[0]);
  expect(after.map(({ status }: Record<string, unknown>) => status)).toEqual(['paid', 'paid']);
  expect((await person.credits()).availableCredits).toBe(190);
});

describe('a payment at Stripe whose order is missing', () => {
  /** Pays on a page with the given metadata. Returns the answer to the event, and the event's id. */
  async function paidWith(metadata: Record<string, string>) {
    const session = await stripe.checkout.sessions.create({
      mode: 'payment',
      success_url: 'http://127.0.0.1:5000/',
      line_items: [{ quantity: 1, price_data: { currency: 'usd', unit_amount: 999, product_data: { name: 'x' } } }],
      metadata: { orderId: `ord_${randomUUID().replaceAll('-', '')}`, ...metadata },
    });
    (await control('/_local/webhooks', { drop: true })).expect(200);
    await onCheckoutPage(session.url ?? '', 'pay');
    await resetLocalStripe();
    const id = newEventId();
    const data = { object: { id: session.id, object: 'checkout.session' } };
    return { id, reply: await postEvent({ id, type: 'checkout.session.completed', data }) };
  }

  it.each([
    ['of another system', {}],
    ['of another deployment', { deploymentId: 'another-shop', seal1: 'abc.def' }],
  ])('is ignored when it is %s', async (_name, metadata) => {
    const { id, reply } = await paidWith(metadata as Record<string, string>);
    reply.expect(200);
    expect((await database().doc(`webhookEvents/stripe_${id}`).get()).get('outcome')).toBe('ignored');
  });

  it.each([
    ['is signed by nobody', { deploymentId: PROJECT }],
    ['is signed by somebody else', sealedBy('another_key_that_is_long_enough_to_be_one')],
    ['lacks what an order needs', sealedBy(DEPLOYMENT_KEY)],
  ])('is an error that stays in sight when it says that it is ours and %s', async (_name, metadata) => {
    const { id, reply } = await paidWith(metadata as Record<string, string>);
    reply.expectError(409, 'ORDER_NOT_REBUILT');
    expect((await database().doc(`webhookEvents/stripe_${id}`).get()).exists).toBe(false);
    const failure = database().doc(`webhookFailures/stripe_${id}`);
    expect((await failure.get()).data()).toMatchObject({ outcome: 'failed', error: { code: 'ORDER_NOT_REBUILT' } });
    // The event is still retried and shown long after the provider and the reconciliation have given up.
    const long = new Date(Date.now() - 40 * 24 * 60 * 60 * 1000).toISOString();
    await failure.update({ handledAt: long, failedSince: long });
    const fails = expect.objectContaining({ message: 'an event still fails', eventId: id, failedSince: long });
    expect(await runScheduled('reconcilePayments')).toContainEqual(fails);
    const tried = (await failure.get()).data();
    expect(tried).toMatchObject({ failedSince: long, subject: { objectId: expect.any(String) } });
    expect(tried?.handledAt > long).toBe(true);
    const { data: events } = (await admin.send('GET', '/admin/webhook-events?limit=100')).expect(200);
    expect(events).toContainEqual(expect.objectContaining({ id, outcome: 'failed', failedSince: long }));
  });
});

function sealedBy(key: string) {
  return new Seals(PROJECT, () => [key]).seal({ id: 'nothing else' });
}

describe('at Creem, after the backup,', () => {
  it('a pack is credited once by its event, and shown to operators until the event arrives', async () => {
    const person = await newPerson();
    await person.grant(7);
    const backup = await Backup.take(person);
    const { sessionId } = await creemOrderPaid(person);
    const event = await creemEventOf('checkout.completed', sessionId);
    const before = await everythingOf(person);
    const [{ paymentId }] = before.orders as unknown as [{ paymentId: string }];
    await backup.restore();
    await database().doc(`webhookEvents/creem_${event.id}`).delete();
    const unexplained = expect.objectContaining({ message: 'could not reconcile', paymentId });
    expect(await runScheduled('reconcilePayments')).toContainEqual(unexplained);
    const { data: events } = (await admin.send('GET', '/admin/webhook-events?limit=100')).expect(200);
    expect(events).toContainEqual(
      expect.objectContaining({
        id: paymentId,
        outcome: 'failed',
        type: 'payment.unexplained',
        error: expect.objectContaining({ code: 'PAYMENT_UNEXPLAINED' }),
      }),
    );
    (await admin.send('POST', `/admin/webhook-events/${paymentId}/replay`)).expectError(409, 'PAYMENT_UNEXPLAINED');
    (await postCreemEvent(event)).expect(200);
    expect(await everythingOf(person)).toEqual(before);
    (await postCreemEvent({ ...event, id: `${event.id}again` })).expect(200);
    expect(await everythingOf(person)).toEqual(before);
    (await admin.send('POST', `/admin/webhook-events/${paymentId}/replay`)).expect(200);
    expect((await database().doc(`webhookFailures/creem_${paymentId}`).get()).exists).toBe(false);
  });

  it.each(['the reconciliation', 'an event that comes again'])('a plan is credited once by %s', async (by) => {
    const person = await newPerson();
    const backup = await Backup.take(person);
    const { sessionId } = await creemOrderPaid(person, { planSlug: 'team' });
    const event = await creemEventOf('checkout.completed', sessionId);
    const before = await everythingOf(person);
    expect(before.orders).toMatchObject([{ status: 'paid' }]);
    await backup.restore();
    for (const turn of [1, 2]) {
      if (by === 'the reconciliation') await runScheduled('reconcilePayments');
      else (await postCreemEvent({ ...event, id: `${event.id}${turn}` })).expect(200);
      expect(await everythingOf(person)).toEqual(before);
    }
  });

  it('metadata that was copied to another purchase grants nothing, and the failure stays listed', async () => {
    const person = await newPerson();
    const backup = await Backup.take(person);
    const { sessionId, orderId } = await creemOrder(person, { pack: 'growth' });
    const { metadata } = await atCreem(`/v1/checkouts?checkout_id=${sessionId}`);
    await backup.restore();
    const cheap = await purchaseWith(metadata, orderId);
    (await postCreemEvent(cheap)).expectError(409, 'ORDER_NOT_REBUILT');
    expect((await everythingOf(person)).orders).toEqual([]);
    expect((await database().doc(`webhookEvents/creem_${cheap.id}`).get()).exists).toBe(false);
    const { data: events } = (await admin.send('GET', '/admin/webhook-events?limit=100')).expect(200);
    expect(events).toContainEqual(
      expect.objectContaining({
        id: cheap.id,
        outcome: 'failed',
        error: expect.objectContaining({ code: 'ORDER_NOT_REBUILT' }),
      }),
    );
    (await admin.send('POST', `/admin/webhook-events/${cheap.id}/replay`)).expectError(409, 'ORDER_NOT_REBUILT');
  });

  it('the same metadata pays for one order once, even if another buyer uses it for the same product', async () => {
    const person = await newPerson();
    const backup = await Backup.take(person);
    const { sessionId, orderId } = await creemOrder(person);
    const { metadata } = await atCreem(`/v1/checkouts?checkout_id=${sessionId}`);
    await backup.restore();
    const first = await purchaseWith(metadata, orderId);
    const second = await purchaseWith(metadata, orderId);
    const replies = await Promise.all([first, second].map((event) => postCreemEvent(event)));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409]);
    const { orders } = await everythingOf(person);
    expect(orders).toMatchObject([{ id: orderId, status: 'paid', credits: 100 }]);
    expect((await person.credits()).availableCredits).toBe(100);
    const refused = [first, second][replies.findIndex(({ status }) => status === 409)]?.id;
    (await admin.send('POST', `/admin/webhook-events/${refused}/replay`)).expectError(409, 'PAYMENT_MISMATCH');
  });

  it('an event about a checkout that Creem does not have is ignored', async () => {
    const id = `evt_unknown${Date.now()}`;
    const event = { id, eventType: 'checkout.completed', object: { id: 'ch_nobody_knows' } };
    (await postCreemEvent(event)).expect(200);
    expect((await database().doc(`webhookEvents/creem_${id}`).get()).get('outcome')).toBe('ignored');
  });
});

/** Returns the event of a purchase of the cheapest pack with another order's metadata. */
async function purchaseWith(metadata: object, requestId: string) {
  const buyer = await newPerson();
  const own = await creemOrder(buyer);
  const { product } = await atCreem(`/v1/checkouts?checkout_id=${own.sessionId}`);
  const body = { product_id: product.id ?? product, request_id: requestId, metadata, success_url: HOSTING_URL };
  const { id, checkout_url: url } = await makeAtCreem('/v1/checkouts', body);
  (await creemControl('webhooks', { drop: true })).expect(200);
  (await onCreemPage(url, 'pay')).expect(303);
  await creemDelivered();
  (await creemControl('webhooks', { reset: true })).expect(200);
  return creemEventOf('checkout.completed', id);
}

async function makeAtCreem(path: string, body: object) {
  const { send } = await import('../../support/apiClient.ts');
  const { CREEM_API_KEY, CREEM_URL } = await import('../../support/suite.ts');
  return (await send('POST', path, { body, headers: { 'x-api-key': CREEM_API_KEY } }, CREEM_URL)).expect(200).json;
}
