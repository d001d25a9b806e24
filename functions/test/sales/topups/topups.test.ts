import { saveCard } from '../../support/cards.ts';
import { runScheduled } from '../../support/functionsTest.ts';
import { auditWallet, readLedger } from '../../support/ledger.ts';
import { newPerson, type Person } from '../../support/people.ts';
import {
  allWebhooksDelivered,
  control,
  eventOf,
  newEventId,
  onCheckoutPage,
  orderOf,
  postEvent,
  resetLocalStripe,
  stripe,
} from '../../support/stripeControl.ts';
import { database, HOSTING_URL } from '../../support/suite.ts';

let person: Person;
beforeEach(async () => {
  person = await newPerson();
});
afterEach(resetLocalStripe);

const topUp = (body: Record<string, unknown>, key?: string) =>
  person.send('POST', '/billing/topup', { body, idempotencyKey: key });
const direct = (fields: Record<string, unknown> = {}, key?: string) =>
  topUp({ amount: 50, method: 'stripe_direct', ...fields }, key);
/** Makes Stripe's webhooks get lost. */
const losingWebhooks = async () => (await control('/_local/webhooks', { drop: true })).expect(200);
const newestOrder = async () => (await person.send('GET', '/billing/orders?limit=1')).expect(200).data[0];
const paymentsOf = async (orderId: string) =>
  (await stripe.paymentIntents.list({ limit: 100 }).autoPagingToArray({ limit: 1_000 })).filter(
    ({ metadata }) => metadata.orderId === orderId,
  );

describe('a top-up on a page', () => {
  it.each([
    [10, 'usd', 1_000, 100],
    [12.34, 'gbp', 1_234, 148],
  ])('of %s %s is credited once it is paid', async (amount, currency, unitAmountMinor, credits) => {
    const { data } = (await topUp({ amount, currency, method: 'stripe' })).expect(201);
    expect(data).toMatchObject({
      status: 'pending',
      credits,
      price: { unitAmountMinor, currency },
      sessionUrl: data.url,
    });
    await onCheckoutPage(data.sessionUrl, 'pay');
    await allWebhooksDelivered();
    expect(await orderOf(person, data.orderId)).toMatchObject({
      status: 'paid',
      kind: 'topup',
      method: 'checkout',
      pack: null,
      credits,
      description: `Top-up: ${credits} credits`,
    });
    expect((await person.credits()).availableCredits).toBe(credits);
    await auditWallet(person.accountId);
  });

  it('creates one order and one page per Idempotency-Key', async () => {
    const body = { amount: 10, method: 'stripe', successUrl: `${HOSTING_URL}/ok` };
    const first = (await topUp(body, 'once')).expect(201);
    const again = (await topUp(body, 'once')).expect(201);
    expect(again.data).toEqual(first.data);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    (await topUp({ ...body, amount: 11 }, 'once')).expectError(422, 'IDEMPOTENCY_KEY_REUSED');
  });
});

describe('a top-up with a saved card', () => {
  it('is paid and credited once in the response, whatever webhooks follow', async () => {
    await saveCard(person);
    const { data } = (await direct()).expect(201);
    expect(data).toMatchObject({ status: 'paid', credits: 500, url: null, sessionId: null });
    expect(data.transactionId).toBe(`stripe_${data.paymentId}`);
    await allWebhooksDelivered();
    expect(await readLedger(person.accountId)).toMatchObject([{ id: data.transactionId, amountCredits: 500 }]);
    expect(await orderOf(person, data.orderId)).toMatchObject({ status: 'paid', method: 'direct' });
    await auditWallet(person.accountId);
  });

  it('charges the default card or the requested one', async () => {
    const good = await saveCard(person);
    const bad = await saveCard(person, 'pm_card_chargeCustomerFail');
    (await direct()).expectError(402, 'PAYMENT_DECLINED');
    (await direct({ paymentMethodId: good })).expect(201);
    (await person.send('PUT', `/billing/payment-methods/${good}/default`)).expect(200);
    (await direct()).expect(201);
    (await direct({ paymentMethodId: bad })).expectError(402, 'PAYMENT_DECLINED');
    expect((await person.credits()).availableCredits).toBe(1_000);
  });

  it('does not charge another account’s card', async () => {
    const card = await saveCard(await newPerson());
    (await direct({ paymentMethodId: card })).expectError(404, 'PAYMENT_METHOD_NOT_FOUND');
    await saveCard(person);
    (await direct({ paymentMethodId: card })).expectError(404, 'PAYMENT_METHOD_NOT_FOUND');
    expect((await person.send('GET', '/billing/orders')).data).toEqual([]);
  });

  it('requires a saved card', async () => {
    const reply = (await direct()).expectError(402, 'PAYMENT_METHOD_REQUIRED');
    expect(reply.json.error.details).toEqual({ nextAction: { type: 'add_payment_method' } });
  });

  it('makes one payment for ten requests at once with one Idempotency-Key', async () => {
    await saveCard(person);
    const replies = await Promise.all(Array.from({ length: 10 }, () => direct({}, 'at once')));
    expect(new Set(replies.map((reply) => reply.expect(201).data.paymentId)).size).toBe(1);
    await allWebhooksDelivered();
    expect((await person.credits()).availableCredits).toBe(500);
    expect(await paymentsOf(replies[0]?.data.orderId)).toHaveLength(1);
  });

  it('gives the reason for a declined card, and gives it again when repeated', async () => {
    await saveCard(person, 'pm_card_chargeCustomerFail');
    for (let time = 0; time < 2; time += 1) {
      const reply = (await direct({}, 'declined')).expectError(402, 'PAYMENT_DECLINED');
      expect(reply.json.error.details).toEqual({
        orderId: expect.any(String),
        code: 'card_declined',
        declineCode: 'generic_decline',
        nextAction: { type: 'use_another_payment_method' },
      });
    }
    expect(await newestOrder()).toMatchObject({ status: 'failed', lastPaymentError: { code: 'generic_decline' } });
    expect((await person.credits()).availableCredits).toBe(0);
    expect(await paymentsOf((await newestOrder()).id)).toHaveLength(1);
  });
});

describe('a top-up whose bank asks the cardholder to confirm', () => {
  /** Creates an order that waits for its cardholder, and returns the next step from the response. */
  async function waiting(key?: string) {
    await saveCard(person, 'pm_card_authenticationRequired');
    const reply = (await direct({}, key)).expectError(402, 'PAYMENT_AUTHENTICATION_REQUIRED');
    const { orderId, code, nextAction } = reply.json.error.details;
    expect(code).toBe('authentication_required');
    expect(nextAction).toMatchObject({ type: 'confirm_payment', paymentMethodId: expect.stringMatching(/^pm_/) });
    const [paymentId] = nextAction.clientSecret.split('_secret_');
    return { orderId, paymentId, paymentMethodId: nextAction.paymentMethodId };
  }
  const confirm = ({ paymentId, paymentMethodId }: { paymentId: string; paymentMethodId: string }) =>
    stripe.paymentIntents.confirm(paymentId, { payment_method: paymentMethodId });

  it('is credited once the cardholder has confirmed, and a repeated request says so', async () => {
    const payment = await waiting('confirmed');
    expect(await orderOf(person, payment.orderId)).toMatchObject({ status: 'pending' });
    (await direct({}, 'confirmed')).expectError(402, 'PAYMENT_AUTHENTICATION_REQUIRED');
    expect((await confirm(payment)).status).toBe('requires_action');
    (await control(`/_local/payments/${payment.paymentId}`, { action: 'authenticate' })).expect(200);
    await allWebhooksDelivered();
    expect(await orderOf(person, payment.orderId)).toMatchObject({ status: 'paid', paymentId: payment.paymentId });
    const again = (await direct({}, 'confirmed')).expect(201);
    expect(again.data).toMatchObject({ status: 'paid', paymentId: payment.paymentId });
    expect((await person.credits()).availableCredits).toBe(500);
  });

  it('can be tried again after a failed confirmation', async () => {
    const payment = await waiting();
    await confirm(payment);
    (await control(`/_local/payments/${payment.paymentId}`, { action: 'failAuthentication' })).expect(200);
    await allWebhooksDelivered();
    expect(await orderOf(person, payment.orderId)).toMatchObject({ status: 'pending' });
    await stripe.paymentIntents.confirm(payment.paymentId, { payment_method: 'pm_card_visa' });
    await allWebhooksDelivered();
    expect(await orderOf(person, payment.orderId)).toMatchObject({ status: 'paid' });
  });

  it('is canceled after a day, at Stripe as well', async () => {
    const payment = await waiting('given up');
    const createdAt = new Date(Date.now() - 25 * 3_600_000).toISOString();
    await database().doc(`orders/${payment.orderId}`).update({ createdAt });
    await runScheduled('reconcilePayments');
    expect(await orderOf(person, payment.orderId)).toMatchObject({ status: 'canceled' });
    expect(await stripe.paymentIntents.retrieve(payment.paymentId)).toMatchObject({ status: 'canceled' });
    (await direct({}, 'given up')).expectError(409, 'ORDER_CLOSED');
  });
});

it('credits each of many at once only once, whatever the number and order of Stripe’s events', async () => {
  await saveCard(person);
  (await control('/_local/webhooks', { duplicate: 2, shuffle: true, concurrency: 4 })).expect(200);
  const replies = await Promise.all(Array.from({ length: 4 }, () => direct({ amount: 10 })));
  for (const reply of replies) reply.expect(201);
  await allWebhooksDelivered();
  expect(await readLedger(person.accountId)).toHaveLength(4);
  expect((await person.credits()).availableCredits).toBe(400);
  await auditWallet(person.accountId);
});

describe('a top-up during trouble', () => {
  it('is charged once by a repeated request after Stripe’s answer was lost', async () => {
    await saveCard(person);
    await losingWebhooks();
    const fault = { method: 'POST', path: '/v1/payment_intents', reset: true, afterEffect: true, times: 3 };
    (await control('/_local/faults', fault)).expect(200);
    (await direct({}, 'lost')).expectError(503, 'PAYMENT_PROVIDER_UNAVAILABLE');
    expect((await person.credits()).availableCredits).toBe(0);
    const { data } = (await direct({}, 'lost')).expect(201);
    expect(data.status).toBe('paid');
    expect(await paymentsOf(data.orderId)).toHaveLength(1);
    expect(await readLedger(person.accountId)).toHaveLength(1);
  });

  it('is credited once by the webhook when the request is not repeated', async () => {
    await saveCard(person);
    const fault = { method: 'POST', path: '/v1/payment_intents', reset: true, afterEffect: true, times: 3 };
    (await control('/_local/faults', fault)).expect(200);
    (await direct({}, 'webhook')).expectError(503, 'PAYMENT_PROVIDER_UNAVAILABLE');
    await allWebhooksDelivered();
    const paid = await newestOrder();
    expect(paid).toMatchObject({ status: 'paid', credits: 500 });
    const event = JSON.parse(JSON.stringify(await eventOf('payment_intent.succeeded', paid.paymentId)));
    (await postEvent({ ...event, id: newEventId() })).expect(200);
    (await direct({}, 'webhook')).expect(201);
    expect(await readLedger(person.accountId)).toHaveLength(1);
    await auditWallet(person.accountId);
  });

  it('fails for good when Stripe refuses', async () => {
    await saveCard(person);
    (await control('/_local/faults', { method: 'POST', path: '/v1/payment_intents', status: 400, times: 1 })).expect(
      200,
    );
    (await direct({}, 'refused')).expectError(502, 'PAYMENT_PROVIDER_REFUSED');
    (await direct({}, 'refused')).expectError(409, 'ORDER_CLOSED');
  });

  it('waits while Stripe processes the same payment', async () => {
    await saveCard(person);
    (await control('/_local/faults', { method: 'POST', path: '/v1/payment_intents', status: 409, times: 3 })).expect(
      200,
    );
    (await direct({}, 'under way')).expectError(503, 'PAYMENT_PROVIDER_UNAVAILABLE');
    expect(await newestOrder()).toMatchObject({ status: 'pending' });
    (await direct({}, 'under way')).expect(201);
  });

  it('is not charged a day later, when Stripe may have forgotten the idempotency key', async () => {
    await saveCard(person);
    (await control('/_local/faults', { method: 'POST', path: '/v1/payment_intents', status: 500, times: 3 })).expect(
      200,
    );
    (await direct({}, 'old')).expectError(503, 'PAYMENT_PROVIDER_UNAVAILABLE');
    const { id } = await newestOrder();
    const createdAt = new Date(Date.now() - 23 * 3_600_000).toISOString();
    await database().doc(`orders/${id}`).update({ createdAt });
    (await direct({}, 'old')).expectError(409, 'ORDER_CLOSED');
    expect(await paymentsOf(id)).toEqual([]);
  });
});

it.each([
  [{ amount: 9.99, method: 'stripe' }, 'amount', 'AMOUNT_TOO_SMALL'],
  [{ amount: 10.001, method: 'stripe' }, 'amount', 'INVALID_REQUEST'],
  [{ amount: 10, currency: 'chf', method: 'stripe' }, 'currency', 'UNKNOWN_CURRENCY'],
  [{ amount: 10, method: 'stripe', paymentMethodId: 'pm_1' }, 'paymentMethodId', 'INVALID_REQUEST'],
  [{ amount: 10, method: 'stripe_direct', successUrl: HOSTING_URL }, 'successUrl', 'INVALID_REQUEST'],
])('%j is refused and names %s', async (body, field, code) => {
  (await topUp(body)).expectError(400, code, field);
});
