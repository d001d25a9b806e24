import { derivedId, runUnitOfWork } from '@cloud-bridge/base';
import { newEvent } from '../../../src/notices/events/accountEvent.ts';
import { attemptDelivery } from '../../../src/notices/webhooks/attemptDelivery.ts';
import { dispatchEvent } from '../../../src/notices/webhooks/dispatchEvent.ts';
import { runScheduled, suiteDeps } from '../../support/functionsTest.ts';
import { newPerson, type Person } from '../../support/people.ts';
import { onCheckoutPage } from '../../support/stripeControl.ts';
import { database } from '../../support/suite.ts';
import { WebhookReceiver } from '../../support/webhookReceiver.ts';

let person: Person;
let receiver: WebhookReceiver;
beforeEach(async () => {
  person = await newPerson();
  receiver = new WebhookReceiver();
  await receiver.start();
});
afterEach(() => receiver.stop());

const create = async (body: object = {}) =>
  (await person.send('POST', '/account/webhooks', { body: { url: receiver.url, ...body } })).expect(201).data;
const events = async (id: string) => (await person.send('GET', `/account/webhooks/${id}/events`)).expect(200).data;
const test = async (id: string) => (await person.send('POST', `/account/webhooks/${id}/test`)).expect(201).data;

/** Waits until no attempt is under way, and returns the webhook. */
async function settled(id: string, attempts = 1) {
  for (;;) {
    const [event] = await events(id);
    if (event?.attempts.length >= attempts) return event;
  }
}

/** Writes an event as a committed change does; only the trigger and the sweep dispatch it. */
async function commit(type: 'order.paid' | 'credits.low', occasion: string) {
  const now = new Date().toISOString();
  const event = newEvent({ accountId: person.accountId, type }, [occasion], { occasion }, now);
  await runUnitOfWork(database(), async (unit) => suiteDeps().accountEvents.createIn(unit, event));
  return event;
}

const deliveryRef = (eventId: string, endpointId: string) =>
  database().doc(`webhookDeliveries/${derivedId('dlv', eventId, endpointId)}`);

describe('an event', () => {
  it('about a paid pack reaches its buyer', async () => {
    const { secret } = await create({ events: ['order.paid'] });
    const checkout = (await person.send('POST', '/billing/checkout', { body: { pack: 'starter' } })).expect(201).data;
    await onCheckoutPage(checkout.url, 'pay');
    await receiver.until(1);
    const { credits } = (await person.send('GET', `/billing/orders/${checkout.orderId}`)).expect(200).data;
    expect(receiver.verify(secret)).toMatchObject({
      type: 'order.paid',
      data: { orderId: checkout.orderId, kind: 'pack', status: 'paid', walletId: 'main', credits },
    });
    expect((await person.credits()).availableCredits).toBe(credits);
  });

  it('about a committed change reaches each endpoint that wants it once, signed', async () => {
    const wanted = await create();
    await create({ url: `${receiver.url}/low`, events: ['credits.low'] });
    const event = await commit('order.paid', 'first');
    await receiver.until(1);
    expect(receiver.verify(wanted.secret)).toEqual({
      id: event.id,
      type: 'order.paid',
      timestamp: event.createdAt,
      data: { occasion: 'first' },
    });
    expect(receiver.received[0]?.headers['webhook-id']).toBe(event.id);
    const sent = await settled(wanted.id);
    expect(sent).toMatchObject({ eventId: event.id, status: 'succeeded', nextAttemptAt: null });
    expect(sent.attempts).toMatchObject([{ httpStatus: 204, error: null }]);
    await Promise.all([dispatchEvent(suiteDeps(), event.id), dispatchEvent(suiteDeps(), event.id)]);
    await attemptDelivery(suiteDeps(), deliveryRef(event.id, wanted.id).id);
    expect(receiver.received).toHaveLength(1);
  });

  it('is sent by the sweep if a crash lost its dispatch or its task', async () => {
    const { id, secret } = await create();
    const event = await commit('order.paid', 'swept');
    await receiver.until(1);
    await settled(id);
    // The state after a crash right after the commit, and after a crash right after the dispatch.
    const past = new Date(Date.now() - 600_000).toISOString();
    await deliveryRef(event.id, id).delete();
    await database().doc(`accountEvents/${event.id}`).update({ undispatchedSince: past });
    await runScheduled('sweepWebhooks');
    await receiver.until(2);
    expect(receiver.verify(secret, 1).id).toBe(event.id);
    await settled(id);
    await deliveryRef(event.id, id).update({ status: 'pending', nextAttemptAt: past });
    await runScheduled('sweepWebhooks');
    await receiver.until(3);
    expect(receiver.verify(secret, 2).id).toBe(event.id);
  });
});

it('a test event reaches only its endpoint, whatever the filter', async () => {
  const { id, secret } = await create({ events: ['credits.low'] });
  await create({ url: `${receiver.url}/other` });
  const sent = await test(id);
  expect(sent).toMatchObject({ type: 'ping', status: expect.stringMatching(/pending|succeeded/) });
  await receiver.until(1);
  expect(receiver.verify(secret)).toMatchObject({ id: sent.eventId, type: 'ping' });
  await settled(id);
  expect(receiver.received.map(({ path }) => path)).toEqual(['/hook']);
});

it('a test event that is repeated with its Idempotency-Key is sent once', async () => {
  const { id } = await create();
  const request = () => person.send('POST', `/account/webhooks/${id}/test`, { idempotencyKey: 'once' });
  const first = (await request()).expect(201).data;
  expect((await request()).expect(201).data.eventId).toBe(first.eventId);
  await settled(id);
  expect(receiver.received).toHaveLength(1);
});

describe('a receiver that fails', () => {
  it('gets the event again with the same id when the retry is due, and each attempt is logged', async () => {
    const { id, secret } = await create();
    receiver.answer = (response) => response.writeHead(500).end('x'.repeat(100_000));
    const { eventId } = await test(id);
    const failed = await settled(id);
    expect(failed).toMatchObject({ status: 'pending', nextAttemptAt: expect.any(String) });
    expect(failed.attempts).toMatchObject([{ httpStatus: 500, responseExcerpt: 'x'.repeat(500) }]);
    expect(Date.parse(failed.nextAttemptAt) - Date.parse(failed.attempts[0].at)).toBe(5_000);
    // The endpoint is updated after the delivery.
    const failingSince = async () => (await person.send('GET', `/account/webhooks/${id}`)).data.failingSince;
    while ((await failingSince()) === null);
    receiver.answer = (response) => response.writeHead(200).end('thanks');
    await deliveryRef(eventId, id).update({ nextAttemptAt: new Date(Date.now() - 600_000).toISOString() });
    await runScheduled('sweepWebhooks');
    expect(await settled(id, 2)).toMatchObject({
      status: 'succeeded',
      attempts: [{ httpStatus: 500 }, { httpStatus: 200, responseExcerpt: 'thanks' }],
    });
    expect([0, 1].map((index) => receiver.verify(secret, index).id)).toEqual([eventId, eventId]);
    while ((await failingSince()) !== null);
  });

  it('with a redirect is not followed to its target', async () => {
    const { id } = await create();
    receiver.answer = (response) => response.writeHead(302, { location: receiver.url }).end();
    await test(id);
    expect((await settled(id)).attempts).toMatchObject([{ httpStatus: 302, error: expect.any(String) }]);
    expect(receiver.received).toHaveLength(1);
  });

  it('for three days is disabled, and other endpoints and a mail report it', async () => {
    const { id } = await create({ url: `${receiver.url}/failing` });
    receiver.answer = (response) => response.writeHead(503).end();
    const { eventId } = await test(id);
    await settled(id);
    while ((await person.send('GET', `/account/webhooks/${id}`)).data.failingSince === null);
    const other = await create({ events: ['webhook.disabled'] });
    const past = new Date(Date.now() - 3 * 24 * 3_600_000).toISOString();
    await database().doc(`accounts/${person.accountId}/webhookEndpoints/${id}`).update({ failingSince: past });
    await deliveryRef(eventId, id).update({ tries: 9, nextAttemptAt: past });
    await runScheduled('sweepWebhooks');
    await receiver.until(3);
    expect((await person.send('GET', `/account/webhooks/${id}`)).data).toMatchObject({
      enabled: false,
      disabledReason: 'failing',
    });
    const told = receiver.verify(other.secret, 2);
    expect(told).toMatchObject({ type: 'webhook.disabled', data: { endpointId: id, reason: 'failing' } });
    const mail = (await database().doc(`mail/${told.id}`).get()).data();
    expect(mail).toMatchObject({ message: { subject: 'A webhook was disabled' } });
    (await person.send('POST', `/account/webhooks/${id}/test`)).expectError(409, 'WEBHOOK_DISABLED');
    const enabled = await person.send('PATCH', `/account/webhooks/${id}`, { body: { enabled: true } });
    expect(enabled.expect(200).data).toMatchObject({ enabled: true, disabledReason: null, failingSince: null });
  });

  it('with 410 is disabled at once, and its pending deliveries are canceled', async () => {
    const { id } = await create();
    receiver.answer = (response) => response.writeHead(410).end();
    const { eventId } = await test(id);
    await settled(id);
    for (;;) {
      const { data } = await person.send('GET', `/account/webhooks/${id}`);
      if (data.disabledReason === 'gone') break;
    }
    await deliveryRef(eventId, id).update({ nextAttemptAt: new Date(Date.now() - 600_000).toISOString() });
    await attemptDelivery(suiteDeps(), deliveryRef(eventId, id).id);
    expect(await events(id)).toMatchObject([{ status: 'canceled', nextAttemptAt: null }]);
    expect(receiver.received).toHaveLength(1);
  });
});

it('an event can be resent by hand', async () => {
  const { id } = await create();
  const { eventId } = await test(id);
  await settled(id);
  const resend = () =>
    person.send('POST', `/account/webhooks/${id}/events/${eventId}/resend`, { idempotencyKey: 'again' });
  (await resend()).expect(200);
  await settled(id, 2);
  expect(receiver.received).toHaveLength(2);
  const repeated = await resend();
  expect(repeated.expect(200).data.attempts).toHaveLength(2);
  expect(repeated.headers.get('idempotent-replayed')).toBe('true');
  expect(receiver.received).toHaveLength(2);
});

it('after a rotation both secrets verify, and repeating the rotation with its key changes nothing', async () => {
  const { id, secret } = await create();
  const rotate = () => person.send('POST', `/account/webhooks/${id}/rotate`, { idempotencyKey: 'rotate' });
  const next = (await rotate()).expect(200).data.secret;
  expect(next).not.toBe(secret);
  expect((await rotate()).expect(200).data.secret).toBe(next);
  await test(id);
  await receiver.until(1);
  for (const each of [secret, next]) expect(receiver.verify(each).type).toBe('ping');
  await database()
    .doc(`accounts/${person.accountId}/webhookEndpoints/${id}`)
    .update({
      secrets: [
        { value: next, expiresAt: null, requestKey: null },
        { value: secret, expiresAt: '2020-01-01T00:00:00.000Z', requestKey: null },
      ],
    });
  await test(id);
  await receiver.until(2);
  expect(receiver.verify(next, 1).type).toBe('ping');
  expect(() => receiver.verify(secret, 1)).toThrow();
});

describe('the routes', () => {
  it('create one webhook for an Idempotency-Key, and never show its secret again', async () => {
    const request = { body: { url: receiver.url, description: 'mine' }, idempotencyKey: 'make' };
    const first = (await person.send('POST', '/account/webhooks', request)).expect(201);
    const second = (await person.send('POST', '/account/webhooks', request)).expect(201);
    expect(second.data).toEqual(first.data);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    const other = { ...request, body: { url: `${receiver.url}/other` } };
    (await person.send('POST', '/account/webhooks', other)).expectError(422, 'IDEMPOTENCY_KEY_REUSED');
    const list = (await person.send('GET', '/account/webhooks')).expect(200);
    expect(list.data).toMatchObject([{ id: first.data.id, description: 'mine', events: null, enabled: true }]);
    expect(list.text).not.toContain('whsec_');
  });

  it('delete a webhook, and allow at most twenty', async () => {
    const { id } = await create();
    (await person.send('DELETE', `/account/webhooks/${id}`)).expect(200);
    (await person.send('GET', `/account/webhooks/${id}`)).expectError(404, 'WEBHOOK_NOT_FOUND');
    for (let count = 0; count < 20; count += 1) await create();
    const more = await person.send('POST', '/account/webhooks', { body: { url: receiver.url } });
    more.expectError(409, 'TOO_MANY_WEBHOOKS');
  });

  it('are closed to other accounts', async () => {
    const { id } = await create();
    const { eventId } = await test(id);
    const stranger = await newPerson();
    for (const [method, path] of [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['POST', '/rotate'],
      ['POST', '/test'],
      ['GET', '/events'],
      ['POST', `/events/${eventId}/resend`],
    ] as const) {
      const body = method === 'PATCH' ? { body: { enabled: false } } : {};
      (await stranger.send(method, `/account/webhooks/${id}${path}`, body)).expectError(404, 'WEBHOOK_NOT_FOUND');
    }
    expect((await person.send('GET', `/account/webhooks/${id}`)).data.enabled).toBe(true);
    const unknown = await person.send('POST', `/account/webhooks/${id}/events/evt_unknown/resend`);
    unknown.expectError(404, 'EVENT_NOT_FOUND');
  });

  it.each([
    [{ url: 'http://example.com' }, 'url'],
    [{ url: 'https://169.254.169.254/latest' }, 'url'],
    [{ url: 'https://[::ffff:10.0.0.1]/' }, 'url'],
    [{ url: 'nonsense' }, 'url'],
    [{ events: [] }, 'events'],
    [{ events: ['everything'] }, 'events.0'],
    [{ secret: 'mine' }, 'secret'],
  ])('refuse %j and name %s', async (change, field) => {
    const body = { url: receiver.url, ...change };
    (await person.send('POST', '/account/webhooks', { body })).expectError(400, 'INVALID_REQUEST', field);
  });
});
