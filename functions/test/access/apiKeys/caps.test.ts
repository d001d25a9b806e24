import { send } from '../../support/apiClient.ts';
import { type Framework, startFramework } from '../../support/framework.ts';
import { auditWallet } from '../../support/ledger.ts';
import { type Key, type Person, personWithCredits } from '../../support/people.ts';
import { database } from '../../support/suite.ts';
import { atUpstream } from '../../support/upstreamControl.ts';
import { WebhookReceiver } from '../../support/webhookReceiver.ts';

let instances: Framework[];
let person: Person;
beforeAll(async () => {
  instances = await Promise.all(Array.from({ length: 4 }, () => startFramework('api')));
});
afterAll(() => Promise.all(instances.map((instance) => instance.stop())));
beforeEach(async () => {
  ({ person } = await personWithCredits(10_000));
});

const chargeAt = (index: number, key: Key, body: object) =>
  send('POST', '/billing/charges', { headers: { 'x-api-key': key.secret }, body }, instances[index % 4]?.url);
const shown = async (key: Key) => (await person.send('GET', `/account/keys/${key.id}`)).expect(200).data;
const patch = (id: string, body: object) => person.send('PATCH', `/account/keys/${id}`, { body });

/** Repeats a test body that ran across midnight UTC. */
async function withinOneDay(attempt: () => Promise<void>): Promise<void> {
  for (;;) {
    const day = new Date().getUTCDate();
    await attempt();
    if (new Date().getUTCDate() === day) return;
  }
}

it('two hundred concurrent charges on four instances spend exactly the cap', async () => {
  const key = await person.createKey({ creditsPerDay: 500 });
  const replies = await Promise.all(
    Array.from({ length: 200 }, (_, index) => chargeAt(index, key, { operation: 'presetShare' })),
  );
  expect(replies.filter(({ status }) => status === 201)).toHaveLength(50);
  for (const reply of replies.filter(({ status }) => status !== 201)) {
    const { details } = reply.expectError(402, 'KEY_CREDIT_LIMIT_EXCEEDED').json.error;
    expect(details).toMatchObject({ window: 'day', limitCredits: 500, usedCredits: 500, requiredCredits: 10 });
    expect(details.resetsAt).toMatch(/T00:00:00\.000Z$/);
  }
  expect(await auditWallet(person.accountId)).toMatchObject({ availableCredits: 9_500, heldCredits: 0 });
  expect(await shown(key)).toMatchObject({ usedTodayCredits: 500, usedThisMonthCredits: null });
});

it('concurrent charges and holds never exceed the cap, and released credits can be spent again', async () => {
  await withinOneDay(async () => {
    const key = await person.createKey({ creditsPerMonth: 200 });
    const holds = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        chargeAt(index, key, { operation: 'presetShare', capture: index % 3 === 0 }),
      ),
    );
    expect(holds.filter(({ status }) => status === 201)).toHaveLength(20);
    const open = holds.filter((reply) => reply.status === 201 && reply.data.status === 'held');
    await Promise.all(
      open.map(({ data }, index) =>
        send(
          'POST',
          `/billing/charges/${data.id}/${index % 2 ? 'release' : 'capture'}`,
          { headers: { 'x-api-key': key.secret }, body: index % 2 ? {} : { amountCredits: 4 } },
          instances[index % 4]?.url,
        ).then((reply) => reply.expect(200)),
      ),
    );
    const released = Math.floor(open.length / 2);
    const used = (20 - open.length) * 10 + (open.length - released) * 4;
    expect(await shown(key)).toMatchObject({ usedThisMonthCredits: used });
    await auditWallet(person.accountId);
    const more = await Promise.all(
      Array.from({ length: 40 }, (_, index) => chargeAt(index, key, { operation: 'presetShare' })),
    );
    expect(more.filter(({ status }) => status === 201)).toHaveLength(Math.floor((200 - used) / 10));
    await auditWallet(person.accountId);
  });
});

it('an expired hold stops counting against the cap as soon as a charge needs its credits', async () => {
  const key = await person.createKey({ creditsPerDay: 10 });
  (await chargeAt(0, key, { operation: 'presetShare', capture: false, holdSeconds: 1 })).expect(201);
  (await chargeAt(0, key, { operation: 'presetShare' })).expectError(402, 'KEY_CREDIT_LIMIT_EXCEEDED');
  let reply = await chargeAt(1, key, { operation: 'presetShare' });
  while (reply.status !== 201) reply = await chargeAt(1, key, { operation: 'presetShare' });
  expect(await shown(key)).toMatchObject({ usedTodayCredits: 10 });
});

it('a delivery beyond the cap is not made', async () => {
  const key = await person.createKey({ creditsPerDay: 10 });
  const deliver = (recipient: string) =>
    key.send('POST', '/account/deliveries', { body: { operation: 'presetShare', recipient } });
  const { data } = (await deliver('ada')).expect(201);
  expect(await atUpstream(data.id)).toMatchObject({ effects: 1 });
  (await deliver('bob')).expectError(402, 'KEY_CREDIT_LIMIT_EXCEEDED');
  const log = (await person.send('GET', '/account/deliveries')).expect(200).data;
  expect(log).toHaveLength(1);
  expect(await shown(key)).toMatchObject({ usedTodayCredits: 10 });
});

it('an estimate says that a cap would be exceeded', async () => {
  const key = await person.createKey({ creditsPerDay: 15 });
  const estimate = async (quantity: number) => {
    const body = { operation: 'presetShare', quantity };
    return (await key.send('POST', '/billing/charges/estimate', { body })).expect(200).data.sufficient;
  };
  expect([await estimate(1), await estimate(2)]).toEqual([true, false]);
  (await key.charge({ operation: 'presetShare' })).expect(201);
  expect(await estimate(1)).toBe(false);
});

it('a raised cap allows more, and a repeated request is answered although the cap is used up', async () => {
  const key = await person.createKey({ creditsPerDay: 10 });
  const first = (await key.charge({ operation: 'presetShare' }, 'once')).expect(201);
  expect((await key.charge({ operation: 'presetShare' }, 'once')).expect(201).data).toEqual(first.data);
  (await key.charge({ operation: 'follow' })).expectError(402, 'KEY_CREDIT_LIMIT_EXCEEDED');
  (await patch(key.id, { creditsPerDay: 13 })).expect(200);
  let reply = await key.charge({ operation: 'follow' });
  while (reply.status === 402) reply = await key.charge({ operation: 'follow' });
  expect(reply.expect(201).data.status).toBe('captured');
  expect(await shown(key)).toMatchObject({ usedTodayCredits: 13 });
});

it('a wallet has at most twenty keys with caps', async () => {
  const keys: Key[] = [];
  while (keys.length < 20) keys.push(await person.createKey({ creditsPerDay: 1 }));
  const refused = await person.send('POST', '/account/keys', { body: { creditsPerMonth: 1 } });
  expect(refused.expectError(409, 'TOO_MANY_CAPPED_KEYS').json.error.details).toEqual({ limit: 20 });
  const plain = await person.createKey();
  (await patch(plain.id, { creditsPerDay: 1 })).expectError(409, 'TOO_MANY_CAPPED_KEYS');
  (await patch(keys[0]?.id ?? '', { creditsPerDay: 2 })).expect(200);
  await person.createKey({ kind: 'test', creditsPerDay: 1 });
  (await person.send('DELETE', `/account/keys/${keys[1]?.id}`)).expect(200);
  (await patch(plain.id, { creditsPerDay: 1 })).expect(200);
});

it('a revoked key counts as long as its spending counts', async () => {
  const keys: Key[] = [];
  while (keys.length < 20) keys.push(await person.createKey({ creditsPerMonth: 100 }));
  for (const key of keys) (await key.charge({ operation: 'follow' })).expect(201);
  (await person.send('DELETE', `/account/keys/${keys[0]?.id}`)).expect(200);
  const refused = await person.send('POST', '/account/keys', { body: { creditsPerMonth: 1 } });
  refused.expectError(409, 'TOO_MANY_CAPPED_KEYS');
});

it('a key near its cap is reported once, by webhook and by email', async () => {
  const receiver = new WebhookReceiver();
  await receiver.start();
  try {
    const webhook = { body: { url: receiver.url, events: ['api_key.near_limit'] } };
    const { secret } = (await person.send('POST', '/account/webhooks', webhook)).expect(201).data;
    const key = await person.createKey({ creditsPerDay: 50 });
    const replies = await Promise.all(
      Array.from({ length: 12 }, (_, index) => chargeAt(index, key, { operation: 'presetShare' })),
    );
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(5);
    await receiver.until(1);
    const event = receiver.verify(secret);
    expect(event).toMatchObject({
      type: 'api_key.near_limit',
      data: { apiKeyId: key.id, walletId: 'main', window: 'day', limitCredits: 50, usedCredits: 40 },
    });
    const mail = (await database().doc(`mail/${event.id}`).get()).data();
    expect(mail).toMatchObject({ message: { subject: 'An API key has used 40 of its 50 credits for this day' } });
    const events = await database().collection('accountEvents').where('accountId', '==', person.accountId).get();
    expect(events.size).toBe(1);
  } finally {
    await receiver.stop();
  }
});
