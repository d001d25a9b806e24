import { randomUUID } from 'node:crypto';
import { auditWallet, readLedger } from '../../support/ledger.ts';
import { type Key, newPerson, type Person, personWithCredits } from '../../support/people.ts';
import { database } from '../../support/suite.ts';
import { atUpstream, resetUpstream } from '../../support/upstreamControl.ts';

let person: Person;
let key: Key;
beforeEach(async () => {
  ({ person, key } = await personWithCredits(100));
});
afterEach(resetUpstream);

const deliver = (body: Record<string, unknown>, idempotencyKey?: string, by: Person | Key = key) =>
  by.send('POST', '/account/deliveries', { body, idempotencyKey });
const available = async () => (await person.credits()).availableCredits;

describe('a delivery', () => {
  it.each([
    ['follow', 3],
    ['unfollow', 3],
    ['presetShare', 10],
    ['captureShare', 10],
  ])('of %s holds its price, makes it once, and captures %i credits', async (operation, price) => {
    const { data } = (await deliver({ operation, recipient: 'ada', payload: { preset: 'Clean' } })).expect(201);
    expect(data).toMatchObject({
      operation,
      recipient: 'ada',
      status: 'delivered',
      walletId: 'main',
      apiKeyId: key.id,
      amountCredits: price,
      costCredits: price,
      result: { recipient: 'ada' },
      error: null,
      attempts: [{ outcome: 'delivered', httpStatus: 201, error: null }],
    });
    expect(await atUpstream(data.id)).toMatchObject({ requests: 1, effects: 1, livemode: true });
    expect((await readLedger(person.accountId)).slice(1)).toMatchObject([
      { kind: 'hold', id: data.chargeId, operation, amountCredits: -price, apiKeyId: key.id, deliveryId: data.id },
      { kind: 'capture', chargeId: data.chargeId, operation, consumedCredits: price, deliveryId: data.id },
    ]);
    expect((await auditWallet(person.accountId)).availableCredits).toBe(100 - price);
    expect((await key.send('GET', `/account/deliveries/${data.id}`)).expect(200).data).toEqual(data);
  });

  it.each([
    ['login', undefined, { valid: true }],
    ['profileCheck', 'ada', { recipient: 'ada', exists: true }],
    ['presetList', undefined, { presets: [{ name: 'Clean' }, { name: 'Lead' }] }],
  ])('of %s is free, without any credits and without a hold', async (operation, recipient, result) => {
    const poor = await newPerson();
    const { data } = (await deliver({ operation, recipient }, undefined, await poor.createKey())).expect(201);
    expect(data).toMatchObject({ status: 'delivered', amountCredits: 0, costCredits: 0, chargeId: null, result });
    expect(await readLedger(poor.accountId)).toEqual([]);
  });

  it('that cannot be paid never reaches the upstream, and leaves no trace', async () => {
    const { key: poorKey, person: poor } = await personWithCredits(9);
    const reply = await deliver({ operation: 'presetShare', recipient: 'ada' }, undefined, poorKey);
    reply.expectError(402, 'INSUFFICIENT_CREDITS');
    expect(reply.json.error.details).toMatchObject({ requiredCredits: 10, availableCredits: 9 });
    expect((await poor.send('GET', '/account/deliveries')).data).toEqual([]);
    expect(await readLedger(poor.accountId)).toHaveLength(1);
  });
});

it('a payload is kept nowhere', async () => {
  const secret = 'not-to-be-kept-anywhere';
  const { data } = (await deliver({ operation: 'login', payload: { user: 'ada', password: secret } })).expect(201);
  const stored = await database().doc(`accounts/${person.accountId}/deliveries/${data.id}`).get();
  expect(stored.data()).toMatchObject({ status: 'delivered' });
  expect(JSON.stringify(stored.data())).not.toContain(secret);
  expect(await available()).toBe(100);
});

describe('a repetition with the same Idempotency-Key', () => {
  it('is answered as the first, asks the upstream for nothing and costs nothing', async () => {
    const idempotencyKey = randomUUID();
    const first = (await deliver({ operation: 'follow', recipient: 'ada' }, idempotencyKey)).expect(201);
    const again = (await deliver({ operation: 'follow', recipient: 'ada' }, idempotencyKey)).expect(201);
    expect([first, again].map(({ headers }) => headers.get('idempotent-replayed'))).toEqual([null, 'true']);
    expect(again.data).toEqual(first.data);
    expect(await atUpstream(first.data.id)).toMatchObject({ requests: 1, effects: 1 });
    expect(await available()).toBe(97);
  });

  it('of one that failed is answered with the same error', async () => {
    const idempotencyKey = randomUUID();
    const recipient = `unknown-${idempotencyKey}`;
    const first = (await deliver({ operation: 'follow', recipient }, idempotencyKey)).expectError(
      422,
      'DELIVERY_REFUSED',
    );
    const again = (await deliver({ operation: 'follow', recipient }, idempotencyKey)).expectError(
      422,
      'DELIVERY_REFUSED',
    );
    expect(again.json.error.details).toEqual(first.json.error.details);
    expect(await atUpstream(first.json.error.details.deliveryId)).toMatchObject({ requests: 1 });
  });

  it('for something else is refused', async () => {
    const idempotencyKey = randomUUID();
    (await deliver({ operation: 'follow', recipient: 'ada' }, idempotencyKey)).expect(201);
    for (const body of [
      { operation: 'follow', recipient: 'bob' },
      { operation: 'follow', recipient: 'ada', payload: { x: 1 } },
    ]) {
      (await deliver(body, idempotencyKey)).expectError(422, 'IDEMPOTENCY_KEY_REUSED');
    }
  });

  it('at the same moment is made and paid once', async () => {
    const idempotencyKey = randomUUID();
    const replies = await Promise.all(
      Array.from({ length: 6 }, () => deliver({ operation: 'presetShare', recipient: 'ada' }, idempotencyKey)),
    );
    const made = replies.filter(({ status }) => status === 201);
    expect(made.length).toBeGreaterThan(0);
    for (const reply of replies) if (reply.status !== 201) reply.expectError(409, 'DELIVERY_IN_PROGRESS');
    expect(await atUpstream(made[0]?.data.id)).toMatchObject({ requests: 1, effects: 1 });
    expect((await auditWallet(person.accountId)).availableCredits).toBe(90);
  });

  it('finds room beside a charge with the same key', async () => {
    const idempotencyKey = randomUUID();
    (await key.charge({ operation: 'follow' }, idempotencyKey)).expect(201);
    (await deliver({ operation: 'follow', recipient: 'ada' }, idempotencyKey)).expect(201);
    expect(await available()).toBe(94);
  });
});

it('deliveries at the same moment never spend more than there is', async () => {
  const { person: poor, key: poorKey } = await personWithCredits(35);
  const replies = await Promise.all(
    Array.from({ length: 8 }, () => deliver({ operation: 'presetShare', recipient: 'ada' }, undefined, poorKey)),
  );
  const made = replies.filter(({ status }) => status === 201);
  expect(made).toHaveLength(3);
  for (const reply of replies) if (reply.status !== 201) reply.expectError(402, 'INSUFFICIENT_CREDITS');
  expect(await auditWallet(poor.accountId)).toMatchObject({ availableCredits: 5, heldCredits: 0 });
});

describe('a test key', () => {
  it('spends test credits, and the upstream is told that it is not in earnest', async () => {
    const testKey = await person.createKey({ kind: 'test' });
    const { data } = (await deliver({ operation: 'presetShare', recipient: 'ada' }, undefined, testKey)).expect(201);
    expect(data).toMatchObject({ walletId: 'test', costCredits: 10 });
    expect(await atUpstream(data.id)).toMatchObject({ livemode: false });
    expect((await auditWallet(person.accountId, 'test')).availableCredits).toBe(9_990);
    expect(await available()).toBe(100);
  });
});

describe('who may see and do what', () => {
  it('the owner delivers, too, from the main wallet', async () => {
    const { data } = (await deliver({ operation: 'follow', recipient: 'ada' }, undefined, person)).expect(201);
    expect(data).toMatchObject({ walletId: 'main', apiKeyId: null, costCredits: 3 });
  });

  it('a key needs the scopes', async () => {
    const reader = await person.createKey({ scopes: ['deliveries:read'] });
    const writer = await person.createKey({ scopes: ['deliveries:write'] });
    (await deliver({ operation: 'login' }, undefined, reader)).expectError(403, 'SCOPE_MISSING');
    (await deliver({ operation: 'login' }, undefined, writer)).expect(201);
    (await writer.send('GET', '/account/deliveries')).expectError(403, 'SCOPE_MISSING');
    (await reader.send('GET', '/account/deliveries')).expect(200);
  });

  it('a key sees its own deliveries, the owner all, and others none', async () => {
    const other = await person.createKey();
    const stranger = await newPerson();
    const { id } = (await deliver({ operation: 'login' })).expect(201).data;
    const { id: otherId } = (await deliver({ operation: 'login' }, undefined, other)).expect(201).data;
    const idsFor = async (by: Person | Key) =>
      (await by.send('GET', '/account/deliveries')).expect(200).data.map((delivery: { id: string }) => delivery.id);
    expect(await idsFor(key)).toEqual([id]);
    expect(await idsFor(person)).toEqual([otherId, id]);
    expect(await idsFor(stranger)).toEqual([]);
    (await other.send('GET', `/account/deliveries/${id}`)).expectError(404, 'DELIVERY_NOT_FOUND');
    (await stranger.send('GET', `/account/deliveries/${id}`)).expectError(404, 'DELIVERY_NOT_FOUND');
    (await person.send('GET', `/account/deliveries/${id}`)).expect(200);
  });
});

it('the list is paged and filtered', async () => {
  const unknown = `unknown-${randomUUID()}`;
  for (const recipient of ['a', unknown, 'b', 'c']) await deliver({ operation: 'follow', recipient });
  await deliver({ operation: 'login' });
  const get = async (query: string) => (await key.send('GET', `/account/deliveries?${query}`)).expect(200).json;
  const recipients: (string | null)[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: { data: { recipient: string }[]; nextCursor: string | null } = await get(
      `limit=2${cursor && `&cursor=${cursor}`}`,
    );
    expect(page.data.length).toBeLessThanOrEqual(2);
    recipients.push(...page.data.map(({ recipient }) => recipient));
    cursor = page.nextCursor;
  }
  expect(recipients).toEqual([null, 'c', 'b', unknown, 'a']);
  const owners = async (query: string) =>
    (await person.send('GET', `/account/deliveries?${query}`))
      .expect(200)
      .data.map((delivery: { recipient: string }) => delivery.recipient);
  expect(await owners('status=refused')).toEqual([unknown]);
  expect(await owners('status=delivered')).toEqual([null, 'c', 'b', 'a']);
  expect(await owners('operation=login')).toEqual([null]);
  (await person.send('GET', '/account/deliveries?integrationId=int_none')).expectError(404, 'INTEGRATION_NOT_FOUND');
});

describe('a request that is not right', () => {
  const deep = JSON.parse(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`);
  it.each([
    [{ operation: 'teleport' }, 'operation'],
    [{ operation: 'completion' }, 'operation'],
    [{}, 'operation'],
    [{ operation: 'follow' }, 'recipient'],
    [{ operation: 'profileCheck' }, 'recipient'],
    [{ operation: 'follow', recipient: '' }, 'recipient'],
    [{ operation: 'follow', recipient: 'x'.repeat(201) }, 'recipient'],
    [{ operation: 'follow', recipient: 7 }, 'recipient'],
    [{ operation: 'login', payload: 'text' }, 'payload'],
    [{ operation: 'login', payload: [] }, 'payload'],
    [{ operation: 'login', payload: deep }, 'payload'],
    [{ operation: 'login', integrationId: '../x' }, 'integrationId'],
    [{ operation: 'login', surprise: 1 }, 'surprise'],
  ])('%j is a 400 that names %s', async (body, field) => {
    (await deliver(body)).expectError(400, 'INVALID_REQUEST', field);
  });

  it('about an integration that is not there is a 404', async () => {
    (await deliver({ operation: 'login', integrationId: 'int_none' })).expectError(404, 'INTEGRATION_NOT_FOUND');
  });

  it('is a 400 for a list, too', async () => {
    (await key.send('GET', '/account/deliveries?status=lost')).expectError(400, 'INVALID_REQUEST', 'status');
    (await key.send('GET', '/account/deliveries?cursor=x')).expectError(400, 'INVALID_REQUEST', 'cursor');
  });
});
