import { send } from '../../support/apiClient.ts';
import { startFramework } from '../../support/framework.ts';
import { runScheduled } from '../../support/functionsTest.ts';
import { auditWallet, readLedger } from '../../support/ledger.ts';
import { newPerson, type Person } from '../../support/people.ts';
import {
  allWebhooksDelivered,
  control,
  eventOf,
  isMarked,
  newEventId,
  onCheckoutPage,
  order,
  orderAnd,
  orderOf,
  postEvent,
  resetLocalStripe,
  type StartedOrder,
  stripe,
} from '../../support/stripeControl.ts';
import { database, FUNCTIONS_URL } from '../../support/suite.ts';

let person: Person;
beforeEach(async () => {
  person = await newPerson();
});
afterEach(resetLocalStripe);

/** Creates an order whose customer has paid, but whose event the backend hasn't received. */
async function paidButUnheard(): Promise<{ started: StartedOrder; event: Record<string, unknown> }> {
  (await control('/_local/webhooks', { drop: true })).expect(200);
  const started = await order(person);
  await onCheckoutPage(started.url, 'pay');
  await allWebhooksDelivered();
  (await control('/_local/webhooks', { reset: true })).expect(200);
  const event = await eventOf('checkout.session.completed', started.sessionId);
  expect((await person.credits()).availableCredits).toBe(0);
  return { started, event: JSON.parse(JSON.stringify(event)) };
}

async function expectNothingHappened(event: Record<string, unknown>): Promise<void> {
  expect(await isMarked(event.id as string)).toBe(false);
  expect(await readLedger(person.accountId)).toEqual([]);
}

describe('an event', () => {
  it('with a valid signature credits the payment and is marked as handled', async () => {
    const { started, event } = await paidButUnheard();
    expect((await postEvent(event)).expect(200).json).toEqual({ received: true, duplicate: false });
    expect(await isMarked(event.id as string)).toBe(true);
    expect((await orderOf(person, started.orderId)).status).toBe('paid');
    expect((await person.credits()).availableCredits).toBe(100);
  });

  it.each([
    ['without a signature', { signature: null }, 'SIGNATURE_MISSING'],
    ['with an empty signature', { signature: '' }, 'SIGNATURE_MISSING'],
    ['with nonsense for a signature', { signature: 't=1,v1=zz' }, 'SIGNATURE_INVALID'],
    ['signed with a foreign secret', { secret: 'whsec_somebody_else' }, 'SIGNATURE_INVALID'],
    ['signed 301 seconds ago', { ageSeconds: 301 }, 'SIGNATURE_INVALID'],
  ])('%s is refused and writes nothing', async (_name, options, code) => {
    const { event } = await paidButUnheard();
    (await postEvent(event, options)).expectError(400, code);
    await expectNothingHappened(event);
  });

  it('whose body was altered after signing is refused and writes nothing', async () => {
    const { event } = await paidButUnheard();
    const sentBody = JSON.stringify({ ...event, created: 1 });
    (await postEvent(event, { sentBody })).expectError(400, 'SIGNATURE_INVALID');
    await expectNothingHappened(event);
  });

  it('that arrives twice has no further effect', async () => {
    const { event } = await paidButUnheard();
    (await postEvent(event)).expect(200);
    expect((await postEvent(event)).expect(200).json).toEqual({ received: true, duplicate: true });
    expect(await readLedger(person.accountId)).toHaveLength(1);
  });

  it('that arrives twenty times at once credits once', async () => {
    const { event } = await paidButUnheard();
    const replies = await Promise.all(Array.from({ length: 20 }, () => postEvent(event)));
    for (const reply of replies) reply.expect(200);
    expect(replies.filter((reply) => !reply.json.duplicate)).toHaveLength(1);
    expect(await readLedger(person.accountId)).toHaveLength(1);
    await auditWallet(person.accountId);
  });

  it('with another id about a credited payment credits nothing more', async () => {
    const { event } = await paidButUnheard();
    (await postEvent(event)).expect(200);
    (await postEvent({ ...event, id: newEventId() })).expect(200);
    (await postEvent({ ...event, id: newEventId(), type: 'checkout.session.async_payment_succeeded' })).expect(200);
    expect((await person.credits()).availableCredits).toBe(100);
  });

  it('counts only as far as the object that is fetched from Stripe agrees', async () => {
    const { orderId, sessionId } = await order(person);
    const { event } = await paidButUnheard();
    const lie = JSON.parse(JSON.stringify(event));
    lie.id = newEventId();
    lie.data.object.id = sessionId;
    (await postEvent(lie)).expect(200);
    expect((await orderOf(person, orderId)).status).toBe('pending');
    expect((await person.credits()).availableCredits).toBe(0);
  });

  it('that arrives after a later event undoes nothing', async () => {
    const { sessionId, orderId } = await orderAnd(person, 'delayed');
    const completed = JSON.parse(JSON.stringify(await eventOf('checkout.session.completed', sessionId)));
    (await control(`/_local/payments/${sessionId}`, { action: 'settle' })).expect(200);
    await allWebhooksDelivered();
    (await postEvent({ ...completed, id: newEventId() })).expect(200);
    expect((await orderOf(person, orderId)).status).toBe('paid');
    expect((await person.credits()).availableCredits).toBe(100);
  });

  it('of an unknown type is accepted and recorded', async () => {
    const id = newEventId();
    const event = { id, object: 'event', type: 'some.future_event', data: { object: { id: 'x' } } };
    expect((await postEvent(event)).expect(200).json).toEqual({ received: true, duplicate: false });
    expect((await postEvent(event)).expect(200).json).toEqual({ received: true, duplicate: true });
    expect(await isMarked(id)).toBe(true);
  });

  it.each(['shop/4711', '__x__', '.', '..', 'a/b/c', '2026/0042', 'ord_unknown'])(
    "about a foreign system's order %s is accepted and ignored",
    async (orderId) => {
      for (const type of ['checkout.session.completed', 'payment_intent.payment_failed']) {
        const id = newEventId();
        const event = { id, object: 'event', type, data: { object: { id: 'cs_x', metadata: { orderId } } } };
        expect((await postEvent(event)).expect(200).json).toEqual({ received: true, duplicate: false });
        expect(await isMarked(id)).toBe(true);
      }
    },
  );

  it.each([{}, { id: 'evt_1' }, { id: 'evt/1', type: 'x', data: { object: {} } }, []])(
    'is refused if it is signed but has no valid shape: %j',
    async (event) => {
      (await postEvent(event as Record<string, unknown>)).expectError(400, 'EVENT_INVALID');
    },
  );

  it('that is a duplicate is answered as a duplicate even while Stripe is down', async () => {
    const { event } = await paidButUnheard();
    (await postEvent(event)).expect(200);
    (await control('/_local/faults', { path: '/v1/*', status: 500, times: 9 })).expect(200);
    expect((await postEvent(event)).expect(200).json).toEqual({ received: true, duplicate: true });
    (await control('/_local/faults', { clear: true })).expect(200);
  });

  it('is accepted with either secret while the secret is being rotated', async () => {
    const secrets = { STRIPE_WEBHOOK_SECRETS: 'whsec_new, whsec_old' };
    const instance = await startFramework('stripeWebhook', secrets);
    for (const [secret, status] of [
      ['whsec_new', 200],
      ['whsec_old', 200],
      ['whsec_older', 400],
    ] as const) {
      const payload = JSON.stringify({ id: newEventId(), object: 'event', type: 'x.y', data: { object: {} } });
      const signature = stripe.webhooks.generateTestHeaderString({ payload, secret });
      const headers = { 'stripe-signature': signature };
      (await send('POST', '/', { headers, rawBody: payload }, instance.url)).expect(status);
    }
    await instance.stop();
  });

  it("about a foreign system's session on the same Stripe account is accepted and ignored", async () => {
    const id = newEventId();
    const object = { id: 'cs_test_elsewhere', object: 'checkout.session', metadata: {} };
    (await postEvent({ id, object: 'event', type: 'checkout.session.completed', data: { object } })).expect(200);
    expect(await isMarked(id)).toBe(true);
  });

  it("is answered with 5xx and not marked when Stripe can't be reached, and works when it is sent again", async () => {
    const { event, started } = await paidButUnheard();
    const path = `/v1/checkout/sessions/${started.sessionId}`;
    (await control('/_local/faults', { method: 'GET', path, status: 500, times: 3 })).expect(200);
    (await postEvent(event)).expectError(503, 'PAYMENT_PROVIDER_UNAVAILABLE');
    await expectNothingHappened(event);
    (await postEvent(event)).expect(200);
    expect((await person.credits()).availableCredits).toBe(100);
  });
});

describe('the webhook function', () => {
  it.each(['GET', 'PUT', 'DELETE'])('takes no %s', async (method) => {
    (await send(method, '/stripeWebhook', {}, FUNCTIONS_URL)).expectError(405, 'METHOD_NOT_ALLOWED');
  });

  it('refuses a body of 2 MB without reading it all', async () => {
    (await postEvent('x'.repeat(2_000_000))).expectError(413, 'PAYLOAD_TOO_LARGE');
  });

  it('refuses a signed body that is not JSON', async () => {
    (await postEvent('no json')).expectError(400, 'SIGNATURE_INVALID');
  });
});

describe('the reconciliation', () => {
  /** Changes an order as if it had been created a number of hours ago. */
  const makeOlder = (orderId: string, hours: number) =>
    database()
      .doc(`orders/${orderId}`)
      .update({ createdAt: new Date(Date.now() - hours * 3_600_000).toISOString() });

  it('asks about an order without events for an hour', async () => {
    const { started } = await paidButUnheard();
    // Stripe no longer has the event.
    const later = new Date(Date.now() + 3_600_000).toISOString();
    await database().doc('webhookBacklogs/stripe').set({ readUntil: later });
    await runScheduled('reconcilePayments');
    expect((await orderOf(person, started.orderId)).status).toBe('pending');
    await database().doc('webhookBacklogs/stripe').set({ readUntil: later });
    await makeOlder(started.orderId, 2);
    await runScheduled('reconcilePayments');
    expect((await orderOf(person, started.orderId)).status).toBe('paid');
  });

  it('finds a payment whose webhook was lost, even of a closed order, and credits it once', async () => {
    const { started, event } = await paidButUnheard();
    await database().doc(`orders/${started.orderId}`).update({ status: 'expired' });
    await runScheduled('reconcilePayments');
    await runScheduled('reconcilePayments');
    expect((await orderOf(person, started.orderId)).status).toBe('paid');
    (await postEvent(event)).expect(200);
    expect(await readLedger(person.accountId)).toHaveLength(1);
    await auditWallet(person.accountId);
  });

  it('retries an event that it could not handle', async () => {
    const { started } = await paidButUnheard();
    const path = `/v1/checkout/sessions/${started.sessionId}`;
    (await control('/_local/faults', { method: 'GET', path, status: 500, times: 1_000 })).expect(200);
    const { id: eventId, created } = await eventOf('checkout.session.completed', started.sessionId);
    const failed = expect.objectContaining({ message: 'could not reconcile', eventId });
    expect(await runScheduled('reconcilePayments')).toContainEqual(failed);
    expect((await person.credits()).availableCredits).toBe(0);
    const { readUntil } = (await database().doc('webhookBacklogs/stripe').get()).data() ?? {};
    expect(Date.parse(readUntil)).toBeLessThanOrEqual(created * 1000);
    (await control('/_local/faults', { clear: true })).expect(200);
    await runScheduled('reconcilePayments');
    expect((await person.credits()).availableCredits).toBe(100);
  });

  it('closes an order for which no checkout was ever opened', async () => {
    (await control('/_local/faults', { method: 'POST', path: '/v1/checkout/sessions', status: 500, times: 3 })).expect(
      200,
    );
    const body = { pack: 'starter' };
    (await person.send('POST', '/billing/checkout', { body, idempotencyKey: 'lost' })).expectError(
      503,
      'PAYMENT_PROVIDER_UNAVAILABLE',
    );
    const [{ id }] = (await person.send('GET', '/billing/orders')).data;
    await makeOlder(id, 25);
    await runScheduled('reconcilePayments');
    expect((await orderOf(person, id)).status).toBe('expired');
    (await person.send('POST', '/billing/checkout', { body, idempotencyKey: 'lost' })).expectError(409, 'ORDER_CLOSED');
  });
});

it('duplicated, shuffled deliveries of many payments credit each once', async () => {
  (await control('/_local/webhooks', { duplicate: 2, shuffle: true })).expect(200);
  const orders = await Promise.all(Array.from({ length: 5 }, () => order(person)));
  await Promise.all(orders.map(({ url }) => onCheckoutPage(url, 'pay')));
  await allWebhooksDelivered();
  expect((await person.credits()).availableCredits).toBe(500);
  expect(await readLedger(person.accountId)).toHaveLength(5);
  await auditWallet(person.accountId);
});
