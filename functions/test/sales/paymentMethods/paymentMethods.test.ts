import type { Reply } from '../../support/apiClient.ts';
import { send } from '../../support/apiClient.ts';
import { cardOf, customerOf, saveCard } from '../../support/cards.ts';
import { newPerson, type Person } from '../../support/people.ts';
import { allWebhooksDelivered, control, order, stripe } from '../../support/stripeControl.ts';
import { HOSTING_URL, STRIPE_URL } from '../../support/suite.ts';

let person: Person;
beforeEach(async () => {
  person = await newPerson();
});

const methodsOf = async (who: Person) => (await who.send('GET', '/billing/payment-methods')).expect(200).data;
const post = (path: string, body?: object, key?: string): Promise<Reply> =>
  person.send('POST', path, { ...(body && { body }), idempotencyKey: key });
const onPage = (url: string, form: string): Promise<Reply> =>
  send(
    'POST',
    new URL(url).pathname,
    { headers: { 'content-type': 'application/x-www-form-urlencoded' }, rawBody: form },
    STRIPE_URL,
  );

describe('the customer of an account', () => {
  it('is created once, however many requests come at once, and used for every payment', async () => {
    const replies = await Promise.all(Array.from({ length: 10 }, () => post('/billing/setup-intent')));
    for (const reply of replies) reply.expect(201);
    const { sessionId } = await order(person);
    const session = await stripe.checkout.sessions.retrieve(sessionId);
    const customers = (await stripe.customers.list({ limit: 100 }).autoPagingToArray({ limit: 1_000 })).filter(
      ({ metadata }) => metadata.accountId === person.accountId,
    );
    expect(customers.map(({ id }) => id)).toEqual([session.customer]);
  });

  it('is created once Stripe answers again', async () => {
    (await control('/_local/faults', { method: 'POST', path: '/v1/customers', status: 500, times: 3 })).expect(200);
    (await post('/billing/setup-intent')).expectError(503, 'PAYMENT_PROVIDER_UNAVAILABLE');
    (await post('/billing/setup-intent')).expect(201);
  });

  it('is the same after an answer of Stripe was lost', async () => {
    const fault = { method: 'POST', path: '/v1/customers', reset: true, afterEffect: true, times: 3 };
    (await control('/_local/faults', fault)).expect(200);
    (await post('/billing/setup-intent')).expectError(503, 'PAYMENT_PROVIDER_UNAVAILABLE');
    (await post('/billing/setup-intent')).expect(201);
    const all = await stripe.customers.list({ limit: 100 }).autoPagingToArray({ limit: 1_000 });
    expect(all.filter(({ metadata }) => metadata.accountId === person.accountId)).toHaveLength(1);
  });
});

describe('saving a card', () => {
  it('works with a setup intent', async () => {
    const { clientSecret } = (await post('/billing/setup-intent')).expect(201).data;
    const [id] = clientSecret.split('_secret_');
    await stripe.setupIntents.confirm(id, { payment_method: 'pm_card_visa', return_url: `${HOSTING_URL}/` });
    expect(await methodsOf(person)).toEqual([
      {
        id: expect.stringMatching(/^pm_/),
        type: 'card',
        brand: 'visa',
        last4: '4242',
        expMonth: 12,
        expYear: expect.any(Number),
        isDefault: true,
      },
    ]);
  });

  it('works on Stripe’s page, even after a declined card', async () => {
    const body = { successUrl: `${HOSTING_URL}/cards`, cancelUrl: `${HOSTING_URL}/no` };
    const { sessionUrl } = (await post('/billing/setup-checkout', body)).expect(201).data;
    (await onPage(sessionUrl, 'outcome=decline')).expect(402);
    expect(await methodsOf(person)).toEqual([]);
    expect((await onPage(sessionUrl, 'outcome=save')).expect(303).headers.get('location')).toBe(`${HOSTING_URL}/cards`);
    await allWebhooksDelivered();
    expect(await methodsOf(person)).toHaveLength(1);
  });

  it('opens one page per Idempotency-Key, and refuses the key with another request', async () => {
    const first = (await post('/billing/setup-checkout', {}, 'once')).expect(201);
    const again = (await post('/billing/setup-checkout', {}, 'once')).expect(201);
    expect(again.data).toEqual(first.data);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    (await post('/billing/setup-checkout', { cancelUrl: `${HOSTING_URL}/x` }, 'once')).expectError(
      422,
      'IDEMPOTENCY_KEY_REUSED',
    );
  });
});

describe('saved cards', () => {
  it('cannot be listed, chosen or removed by another account', async () => {
    const card = await saveCard(person);
    const stranger = await newPerson();
    await saveCard(stranger);
    expect((await methodsOf(stranger)).map(({ id }: { id: string }) => id)).not.toContain(card);
    for (const who of [stranger, await newPerson()]) {
      const url = `/billing/payment-methods/${card}`;
      (await who.send('PUT', `${url}/default`)).expectError(404, 'PAYMENT_METHOD_NOT_FOUND');
      (await who.send('DELETE', url)).expectError(404, 'PAYMENT_METHOD_NOT_FOUND');
    }
    expect(await methodsOf(person)).toHaveLength(1);
  });

  it('have one default: the chosen card, or the newest when the chosen one is gone', async () => {
    const first = await saveCard(person);
    await saveCard(person, 'pm_card_chargeCustomerFail');
    const chosen = (await person.send('PUT', `/billing/payment-methods/${first}/default`)).expect(200).data;
    expect(chosen).toMatchObject({ id: first, isDefault: true });
    expect(await cardOf(person, first)).toMatchObject({ isDefault: true });
    (await person.send('DELETE', `/billing/payment-methods/${first}`)).expect(200);
    expect(await methodsOf(person)).toMatchObject([{ last4: '0341', isDefault: true }]);
    (await person.send('DELETE', `/billing/payment-methods/${first}`)).expectError(404, 'PAYMENT_METHOD_NOT_FOUND');
  });
});

describe('the portal', () => {
  it('shows the cards of the account and links back to the app', async () => {
    await saveCard(person);
    const { url } = (await post('/billing/portal', { returnUrl: `${HOSTING_URL}/account` })).expect(201).data;
    expect(await (await fetch(url)).text()).toContain('4242');
    expect((await onPage(url, 'outcome=return')).expect(303).headers.get('location')).toBe(`${HOSTING_URL}/account`);
  });

  it('belongs to the customer of the account', async () => {
    (await post('/billing/portal', {})).expect(201);
    expect(await customerOf(person)).toMatchObject({ metadata: { accountId: person.accountId } });
  });
});
