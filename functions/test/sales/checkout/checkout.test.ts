import { send } from '../../support/apiClient.ts';
import { auditWallet, readLedger } from '../../support/ledger.ts';
import { newPerson, type Person } from '../../support/people.ts';
import {
  allWebhooksDelivered,
  control,
  onCheckoutPage,
  order,
  orderAnd,
  orderOf,
  stripe,
} from '../../support/stripeControl.ts';
import { HOSTING_URL } from '../../support/suite.ts';

let person: Person;
beforeEach(async () => {
  person = await newPerson();
});

describe('a paid pack', () => {
  it('credits the account once, and appears in order, history and ledger', async () => {
    const { orderId, sessionId, url } = await orderAnd(person, 'pay', 'growth');
    expect(url).toContain(sessionId);
    const paid = await orderOf(person, orderId);
    expect(paid).toMatchObject({
      status: 'paid',
      kind: 'pack',
      method: 'checkout',
      pack: 'growth',
      credits: 300,
      sessionId,
      checkoutUrl: null,
    });
    expect(paid.paymentId).toMatch(/^pi_/);
    expect(await person.credits()).toMatchObject({
      availableCredits: 300,
      totalPurchasedCredits: 300,
      lots: [{ source: 'purchase', remainingCredits: 300, expiresAt: null }],
    });
    const history = (await person.send('GET', '/billing/history')).expect(200).data;
    expect(history).toMatchObject([
      {
        orderId,
        amountCredits: 300,
        balanceAfterCredits: 300,
        paymentId: paid.paymentId,
        price: { formatted: '$24.99' },
      },
    ]);
    const entries = await readLedger(person.accountId);
    expect(entries).toMatchObject([{ kind: 'purchase', orderId, id: `stripe_${paid.paymentId}`, amountCredits: 300 }]);
    expect(paid.transactionId).toBe(entries[0]?.id);
    await auditWallet(person.accountId);
  });

  it.each([
    ['usd', 999],
    ['eur', 949],
    ['gbp', 849],
  ])('costs its own price in %s', async (currency, unitAmountMinor) => {
    const { orderId, sessionId } = await order(person, 'starter', currency);
    expect((await orderOf(person, orderId)).price).toMatchObject({ currency, unitAmountMinor });
    expect(await stripe.checkout.sessions.retrieve(sessionId)).toMatchObject({
      currency,
      amount_total: unitAmountMinor,
      client_reference_id: orderId,
      metadata: { orderId, accountId: person.accountId },
    });
  });

  it('redirects the customer to the app’s own page on Hosting', async () => {
    const { url } = await order(person);
    const redirect = (await onCheckoutPage(url, 'pay')).expect(303).headers.get('location');
    expect(redirect).toContain(`${HOSTING_URL}/billing/success`);
    const page = await fetch(redirect as string);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');
    await allWebhooksDelivered();
  });

  it('may need a confirmation by the bank first', async () => {
    const { url, orderId } = await order(person);
    await onCheckoutPage(url, 'authenticate');
    await allWebhooksDelivered();
    expect((await orderOf(person, orderId)).status).toBe('pending');
  });

  it('adds credits to the existing balance', async () => {
    await orderAnd(person, 'pay');
    await orderAnd(person, 'pay');
    expect((await person.credits()).availableCredits).toBe(200);
    expect((await auditWallet(person.accountId)).lots).toHaveLength(1);
  });
});

describe('an unpaid pack', () => {
  it('stays pending after a decline, gives the reason, and can still be paid', async () => {
    const { orderId, url } = await orderAnd(person, 'decline');
    expect(await orderOf(person, orderId)).toMatchObject({
      status: 'pending',
      lastPaymentError: { message: expect.stringContaining('declined') },
    });
    expect((await person.credits()).availableCredits).toBe(0);
    await onCheckoutPage(url, 'pay');
    await allWebhooksDelivered();
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'paid', lastPaymentError: null });
    expect((await person.credits()).availableCredits).toBe(100);
  });

  it('stays pending with a working page when the customer leaves', async () => {
    const { orderId, url } = await order(person);
    const redirect = (await onCheckoutPage(url, 'cancel')).expect(303).headers.get('location');
    expect(redirect).toContain(`${HOSTING_URL}/billing/canceled`);
    expect((await fetch(redirect as string)).status).toBe(200);
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'pending', checkoutUrl: url });
  });

  it('expires with its session, without credits', async () => {
    const { orderId, sessionId, url } = await order(person);
    await stripe.checkout.sessions.expire(sessionId);
    await allWebhooksDelivered();
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'expired', checkoutUrl: null });
    expect((await onCheckoutPage(url, 'pay')).status).toBeGreaterThanOrEqual(400);
    await allWebhooksDelivered();
    expect((await person.credits()).availableCredits).toBe(0);
  });
});

describe('a delayed payment', () => {
  it('adds no credits until it has settled', async () => {
    const { orderId, sessionId } = await orderAnd(person, 'delayed');
    expect((await orderOf(person, orderId)).status).toBe('pending');
    expect((await person.credits()).availableCredits).toBe(0);
    (await control(`/_local/payments/${sessionId}`, { action: 'settle' })).expect(200);
    await allWebhooksDelivered();
    expect((await orderOf(person, orderId)).status).toBe('paid');
    expect((await person.credits()).availableCredits).toBe(100);
  });

  it('that fails makes the order failed, without credits', async () => {
    const { orderId, sessionId } = await orderAnd(person, 'delayed');
    (await control(`/_local/payments/${sessionId}`, { action: 'fail' })).expect(200);
    await allWebhooksDelivered();
    const failed = await orderOf(person, orderId);
    expect(failed.status).toBe('failed');
    expect(failed.lastPaymentError).not.toBeNull();
    expect((await person.credits()).availableCredits).toBe(0);
  });
});

describe('ordering', () => {
  const checkout = (body: Record<string, unknown>, idempotencyKey?: string) =>
    person.send('POST', '/billing/checkout', {
      body,
      idempotencyKey,
    });

  it('answers with url, sessionUrl, sessionId and orderId', async () => {
    const { data } = (await checkout({ pack: 'starter' })).expect(201);
    expect(data).toEqual({
      url: expect.any(String),
      sessionUrl: data.url,
      sessionId: expect.any(String),
      orderId: expect.any(String),
    });
    expect((await fetch(data.url)).status).toBe(200);
  });

  it('twice with one Idempotency-Key creates one order and one session', async () => {
    const first = (await checkout({ pack: 'starter' }, 'once')).expect(201);
    const again = (await checkout({ pack: 'starter' }, 'once')).expect(201);
    expect(again.data).toEqual(first.data);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect((await person.send('GET', '/billing/orders')).data).toHaveLength(1);
    (await checkout({ pack: 'growth' }, 'once')).expectError(422, 'IDEMPOTENCY_KEY_REUSED');
  });

  it('ten times at once with one Idempotency-Key creates one order and one session', async () => {
    const replies = await Promise.all(Array.from({ length: 10 }, () => checkout({ pack: 'starter' }, 'at once')));
    const sessions = new Set(replies.map((reply) => reply.expect(201).data.sessionId));
    expect(sessions.size).toBe(1);
    expect((await person.send('GET', '/billing/orders')).data).toHaveLength(1);
  });

  it("answers 503 while Stripe doesn't answer, and succeeds with the same key afterwards", async () => {
    (await control('/_local/faults', { method: 'POST', path: '/v1/checkout/sessions', status: 500, times: 3 })).expect(
      200,
    );
    (await checkout({ pack: 'starter' }, 'patient')).expectError(503, 'PAYMENT_PROVIDER_UNAVAILABLE');
    const { data } = (await checkout({ pack: 'starter' }, 'patient')).expect(201);
    await onCheckoutPage(data.url, 'pay');
    await allWebhooksDelivered();
    expect((await orderOf(person, data.orderId)).status).toBe('paid');
  });

  it('answers 502 when Stripe refuses, and the order is failed for good', async () => {
    (await control('/_local/faults', { method: 'POST', path: '/v1/checkout/sessions', status: 400, times: 1 })).expect(
      200,
    );
    (await checkout({ pack: 'starter' }, 'refused')).expectError(502, 'PAYMENT_PROVIDER_REFUSED');
    (await checkout({ pack: 'starter' }, 'refused')).expectError(409, 'ORDER_CLOSED');
    expect((await person.send('GET', '/billing/orders')).data).toMatchObject([{ status: 'failed', checkoutUrl: null }]);
  });

  it('accepts redirect URLs on allowed origins only', async () => {
    const successUrl = `${HOSTING_URL}/done?session={CHECKOUT_SESSION_ID}`;
    const { data } = (await checkout({ pack: 'starter', successUrl })).expect(201);
    const redirect = (await onCheckoutPage(data.url, 'pay')).headers.get('location');
    expect(redirect).toBe(`${HOSTING_URL}/done?session=${data.sessionId}`);
    await allWebhooksDelivered();
  });

  it('lists orders newest first, in pages, for their owner only', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) ids.unshift((await order(person)).orderId);
    const first = (await person.send('GET', '/billing/orders?limit=2')).expect(200).json;
    const second = (await person.send('GET', `/billing/orders?limit=2&cursor=${first.nextCursor}`)).expect(200).json;
    expect([...first.data, ...second.data].map((row: { id: string }) => row.id)).toEqual(ids);
    expect(second.nextCursor).toBeNull();
    expect((await person.send('GET', '/billing/orders?limit=1&offset=2')).data).toMatchObject([{ id: ids[2] }]);
    expect((await person.send('GET', '/billing/orders?status=paid')).data).toEqual([]);
    const stranger = await newPerson();
    expect((await stranger.send('GET', '/billing/orders')).data).toEqual([]);
    (await stranger.send('GET', `/billing/orders/${ids[0]}`)).expectError(404, 'ORDER_NOT_FOUND');
  });

  it('requires an authenticated owner', async () => {
    const key = await person.createKey();
    (await key.send('POST', '/billing/checkout', { body: { pack: 'starter' } })).expectError(
      403,
      'CREDENTIAL_NOT_ALLOWED',
    );
    (await send('POST', '/billing/checkout', { body: { pack: 'starter' } })).expectError(401, 'CREDENTIAL_MISSING');
  });
});
