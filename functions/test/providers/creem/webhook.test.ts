import { send } from '../../support/apiClient.ts';
import {
  type CreemOrder,
  creemControl,
  creemDelivered,
  creemEventOf,
  creemOrder,
  isCreemMarked,
  onCreemPage,
  postCreemEvent,
  resetLocalCreem,
  unheard,
} from '../../support/creemControl.ts';
import { startFramework } from '../../support/framework.ts';
import { auditWallet, readLedger } from '../../support/ledger.ts';
import { newPerson, type Person } from '../../support/people.ts';
import { newEventId, orderOf, order as stripeOrder } from '../../support/stripeControl.ts';
import { database, FUNCTIONS_URL } from '../../support/suite.ts';

let person: Person;
beforeEach(async () => {
  person = await newPerson();
});
afterEach(resetLocalCreem);

/** Creates an order whose customer has paid, but whose event the backend hasn't received. */
async function paidButUnheard(): Promise<{ started: CreemOrder; event: { id: string } & Record<string, unknown> }> {
  const started = await creemOrder(person);
  await unheard(() => onCreemPage(started.url, 'pay'));
  const event = await creemEventOf('checkout.completed', started.sessionId);
  return { started, event: JSON.parse(JSON.stringify(event)) };
}

async function expectNothingHappened(event: { id: string }): Promise<void> {
  expect(await isCreemMarked(event.id)).toBe(false);
  expect(await readLedger(person.accountId)).toEqual([]);
}

const isNoted = async (eventId: string) => (await database().doc(`creemEvents/${eventId}`).get()).exists;

describe('an event', () => {
  it('with a valid signature credits the payment and is marked as handled', async () => {
    const { started, event } = await paidButUnheard();
    expect((await postCreemEvent(event)).expect(200).json).toEqual({ received: true, duplicate: false });
    expect(await isCreemMarked(event.id)).toBe(true);
    expect(await isNoted(event.id)).toBe(false);
    expect((await orderOf(person, started.orderId)).status).toBe('paid');
    expect((await person.credits()).availableCredits).toBe(100);
  });

  it.each([
    ['without a signature', { signature: null }, 'SIGNATURE_MISSING'],
    ['with an empty signature', { signature: '' }, 'SIGNATURE_MISSING'],
    ['with nonsense for a signature', { signature: 'zz' }, 'SIGNATURE_INVALID'],
    ['with a signature of nothing', { signature: '0'.repeat(64) }, 'SIGNATURE_INVALID'],
    ['signed with a foreign secret', { secret: 'whsec_somebody_else' }, 'SIGNATURE_INVALID'],
  ])('%s is refused and writes nothing', async (_name, options, code) => {
    const { event } = await paidButUnheard();
    (await postCreemEvent(event, options)).expectError(400, code);
    await expectNothingHappened(event);
    expect(await isNoted(event.id)).toBe(false);
  });

  it('whose body was altered after signing is refused and writes nothing', async () => {
    const { event } = await paidButUnheard();
    const sentBody = JSON.stringify({ ...event, created_at: 1 });
    (await postCreemEvent(event, { sentBody })).expectError(400, 'SIGNATURE_INVALID');
    await expectNothingHappened(event);
  });

  it('that arrives late and twice has no further effect', async () => {
    const { event } = await paidButUnheard();
    const late = { ...event, created_at: Date.now() - 30 * 24 * 60 * 60 * 1_000 };
    (await postCreemEvent(late)).expect(200);
    expect((await postCreemEvent(late)).expect(200).json).toEqual({ received: true, duplicate: true });
    expect(await readLedger(person.accountId)).toHaveLength(1);
  });

  it('that arrives eight times at once credits once', async () => {
    const { event } = await paidButUnheard();
    const replies = await Promise.all(Array.from({ length: 8 }, () => postCreemEvent(event)));
    for (const reply of replies) reply.expect(200);
    expect(replies.filter((reply) => !reply.json.duplicate)).toHaveLength(1);
    expect(await readLedger(person.accountId)).toHaveLength(1);
    expect(await isNoted(event.id)).toBe(false);
    await auditWallet(person.accountId);
  });

  it('with another id about a credited payment credits nothing more', async () => {
    const { event } = await paidButUnheard();
    await Promise.all([postCreemEvent(event), postCreemEvent({ ...event, id: newEventId() })]);
    (await postCreemEvent({ ...event, id: newEventId() })).expect(200);
    expect((await person.credits()).availableCredits).toBe(100);
    await auditWallet(person.accountId);
  });

  it('counts only as far as the object that is fetched from Creem agrees', async () => {
    const { orderId, sessionId } = await creemOrder(person);
    const { event } = await paidButUnheard();
    const lie = { ...event, id: newEventId(), object: { ...(event.object as object), id: sessionId } };
    (await postCreemEvent(lie)).expect(200);
    expect((await orderOf(person, orderId)).status).toBe('pending');
    expect((await person.credits()).availableCredits).toBe(0);
  });

  it("cannot pay another provider's order, nor another account's", async () => {
    const other = await newPerson();
    const stripes = await stripeOrder(other);
    const { event } = await paidButUnheard();
    const object = { ...(event.object as object), request_id: stripes.orderId, metadata: { orderId: stripes.orderId } };
    (await postCreemEvent({ ...event, id: newEventId(), object })).expect(200);
    expect((await orderOf(other, stripes.orderId)).status).toBe('pending');
    expect(await readLedger(other.accountId)).toEqual([]);
    expect((await person.credits()).availableCredits).toBe(100);
  });

  it('of an unknown type is accepted and recorded', async () => {
    const event = { id: newEventId(), eventType: 'some.future_event', created_at: 1, object: { id: 'x' } };
    expect((await postCreemEvent(event)).expect(200).json).toEqual({ received: true, duplicate: false });
    expect((await postCreemEvent(event)).expect(200).json).toEqual({ received: true, duplicate: true });
    expect(await isCreemMarked(event.id)).toBe(true);
  });

  it.each([{}, { id: 'evt_1' }, { id: 'evt/1', eventType: 'x', object: {} }, [], 'no json'])(
    'is refused if it is signed but has no valid shape: %j',
    async (event) => {
      (await postCreemEvent(event)).expectError(400, 'EVENT_INVALID');
    },
  );

  it('that is a duplicate is answered as a duplicate even while Creem is down', async () => {
    const { event } = await paidButUnheard();
    (await postCreemEvent(event)).expect(200);
    (await creemControl('faults', { path: '/v1/', status: 500, times: 9 })).expect(200);
    expect((await postCreemEvent(event)).expect(200).json).toEqual({ received: true, duplicate: true });
  });

  it("is answered with a 5xx and not marked when Creem can't be reached, and works when it is sent again", async () => {
    const { event } = await paidButUnheard();
    (await creemControl('faults', { method: 'GET', path: '/v1/checkouts', status: 500, times: 3 })).expect(200);
    (await postCreemEvent(event)).expectError(503, 'PAYMENT_PROVIDER_UNAVAILABLE');
    await expectNothingHappened(event);
    expect(await isNoted(event.id)).toBe(true);
    (await postCreemEvent(event)).expect(200);
    expect((await person.credits()).availableCredits).toBe(100);
    expect(await isNoted(event.id)).toBe(false);
  });

  it('is delivered again by Creem until it has been handled', async () => {
    const { url, orderId } = await creemOrder(person);
    // The first delivery asks Creem three times without success.
    (await creemControl('faults', { method: 'GET', path: '/v1/checkouts', status: 502, times: 3 })).expect(200);
    (await onCreemPage(url, 'pay')).expect(303);
    await creemDelivered();
    expect((await orderOf(person, orderId)).status).toBe('paid');
  });

  it('is accepted with either secret while the secret is being rotated', async () => {
    const instance = await startFramework('creemWebhook', { CREEM_WEBHOOK_SECRETS: 'whsec_new, whsec_old' });
    for (const [secret, status] of [
      ['whsec_new', 200],
      ['whsec_old', 200],
      ['whsec_older', 400],
    ] as const) {
      const event = { id: newEventId(), eventType: 'x.y', created_at: 1, object: {} };
      (await postCreemEvent(event, { secret, baseUrl: instance.url })).expect(status);
    }
    await instance.stop();
  });

  it('is refused where Creem is not configured', async () => {
    const instance = await startFramework('creemWebhook', { CREEM_API_BASE_URL: '' });
    const event = { id: newEventId(), eventType: 'x.y', created_at: 1, object: {} };
    (await postCreemEvent(event, { baseUrl: instance.url })).expectError(409, 'CREEM_NOT_CONFIGURED');
    await instance.stop();
  });
});

describe('the webhook function', () => {
  it.each(['GET', 'PUT', 'DELETE'])('refuses %s', async (method) => {
    (await send(method, '/creemWebhook', {}, FUNCTIONS_URL)).expectError(405, 'METHOD_NOT_ALLOWED');
  });

  it('refuses a body of 2 MB without reading it all', async () => {
    (await postCreemEvent('x'.repeat(2_000_000))).expectError(413, 'PAYLOAD_TOO_LARGE');
  });
});

it('duplicated, shuffled and concurrent deliveries of many payments credit each payment once', async () => {
  (await creemControl('webhooks', { duplicate: 2, shuffle: true, concurrency: 6 })).expect(200);
  const orders = await Promise.all(Array.from({ length: 4 }, () => creemOrder(person)));
  await Promise.all(orders.map(({ url }) => onCreemPage(url, 'pay')));
  await creemDelivered();
  expect((await person.credits()).availableCredits).toBe(400);
  expect(await readLedger(person.accountId)).toHaveLength(4);
  await auditWallet(person.accountId);
});
