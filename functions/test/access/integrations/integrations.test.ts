import { randomUUID } from 'node:crypto';
import { createApiKey } from '../../../src/access/apiKeys/createApiKey.ts';
import { suiteDeps } from '../../support/functionsTest.ts';
import { readLedger } from '../../support/ledger.ts';
import { type Key, newPerson, type Person, personWithCredits } from '../../support/people.ts';
import { resetUpstream, upstreamFault } from '../../support/upstreamControl.ts';

let person: Person;
beforeEach(async () => {
  ({ person } = await personWithCredits(100));
});
afterEach(resetUpstream);

const create = async (body: Record<string, unknown> = { name: 'Shop', platform: 'shopify' }) =>
  (await person.send('POST', '/account/integrations', { body })).expect(201).data;
const get = async (id: string) => (await person.send('GET', `/account/integrations/${id}`)).expect(200).data;
const deliver = (by: Key | Person, body: Record<string, unknown>) => by.send('POST', '/account/deliveries', { body });

describe('an integration', () => {
  it('is created, shown, changed and listed', async () => {
    const created = await create();
    expect(created).toMatchObject({
      name: 'Shop',
      platform: 'shopify',
      deletedAt: null,
      statistics: { deliveryCount: 0, deliveredCount: 0, spentCredits: 0, operations: {} },
    });
    expect(await get(created.id)).toEqual({ ...created, keys: [] });
    const change = { name: 'Other shop', platform: 'woocommerce' };
    const changed = await person.send('PATCH', `/account/integrations/${created.id}`, { body: change });
    expect(changed.expect(200).data).toMatchObject({ id: created.id, ...change });
    expect(await create({ name: 'Plain' })).toMatchObject({ platform: 'custom' });
    const { data } = (await person.send('GET', '/account/integrations')).expect(200);
    expect(data).toMatchObject([{ name: 'Plain' }, { name: 'Other shop' }]);
  });

  it('is one of an unlimited number, listed in pages', async () => {
    for (let number = 0; number < 5; number += 1) await create({ name: `Shop ${number}` });
    const first = (await person.send('GET', '/account/integrations?limit=3')).expect(200).json;
    const rest = (await person.send('GET', `/account/integrations?limit=3&cursor=${first.nextCursor}`)).expect(
      200,
    ).json;
    const names = [...first.data, ...rest.data].map(({ name }: { name: string }) => name);
    expect(names).toEqual(['Shop 4', 'Shop 3', 'Shop 2', 'Shop 1', 'Shop 0']);
    expect(rest.nextCursor).toBeNull();
  });

  it('is created once for one Idempotency-Key', async () => {
    const idempotencyKey = randomUUID();
    const send = (name: string) => person.send('POST', '/account/integrations', { body: { name }, idempotencyKey });
    const replies = await Promise.all([send('Shop'), send('Shop'), send('Shop')]);
    expect(new Set(replies.map((reply) => reply.expect(201).data.id)).size).toBe(1);
    (await send('Another')).expectError(422, 'IDEMPOTENCY_KEY_REUSED');
  });

  it('is visible only to its account', async () => {
    const { id } = await create();
    const stranger = await newPerson();
    for (const [method, body] of [['GET'], ['PATCH', { name: 'Mine' }], ['DELETE']] as const) {
      const reply = await stranger.send(method, `/account/integrations/${id}`, body ? { body } : {});
      reply.expectError(404, 'INTEGRATION_NOT_FOUND');
    }
    const asKeys = await stranger.send('POST', '/account/keys', { body: { integrationId: id } });
    asKeys.expectError(404, 'INTEGRATION_NOT_FOUND');
    (await deliver(stranger, { operation: 'login', integrationId: id })).expectError(404, 'INTEGRATION_NOT_FOUND');
    expect(await get(id)).toMatchObject({ name: 'Shop', deletedAt: null });
  });

  it.each([
    ['POST', {}, 'name'],
    ['POST', { name: '' }, 'name'],
    ['POST', { name: 'x'.repeat(101) }, 'name'],
    ['POST', { name: 'x', platform: 'My Shop' }, 'platform'],
    ['POST', { name: 'x', statistics: {} }, 'statistics'],
    ['PATCH', {}, 'body'],
    ['PATCH', { deletedAt: null }, 'deletedAt'],
  ])('%s %j is a 400 that names %s', async (method, body, field) => {
    const path = method === 'POST' ? '/account/integrations' : '/account/integrations/int_x';
    (await person.send(method, path, { body })).expectError(400, 'INVALID_REQUEST', field);
  });
});

describe("an integration's keys", () => {
  it('are the only keys shown with the integration', async () => {
    const { id } = await create();
    await person.createKey({ name: 'not its own' });
    const key = await person.createKey({ name: 'its own', integrationId: id });
    expect((await get(id)).keys).toMatchObject([{ id: key.id, name: 'its own', integrationId: id, isActive: true }]);
    expect((await person.send('GET', `/account/keys/${key.id}`)).data.integrationId).toBe(id);
  });

  it('can deliver only for their integration', async () => {
    const { id } = await create();
    const { id: otherId } = await create({ name: 'Other' });
    const key = await person.createKey({ integrationId: id });
    const request = { operation: 'follow', recipient: 'ada' };
    expect((await deliver(key, request)).expect(201).data.integrationId).toBe(id);
    expect((await deliver(key, { ...request, integrationId: id })).expect(201).data.integrationId).toBe(id);
    const other = await deliver(key, { ...request, integrationId: otherId });
    other.expectError(400, 'INVALID_REQUEST', 'integrationId');
    const { data } = await person.send('GET', `/account/deliveries?integrationId=${id}`);
    expect(data).toHaveLength(2);
  });

  it('are never management keys', async () => {
    const { id } = await create();
    const reply = await person.send('POST', '/account/keys', { body: { kind: 'management', integrationId: id } });
    reply.expectError(400, 'INVALID_REQUEST', 'integrationId');
  });
});

describe("an integration's statistics", () => {
  it('are the totals of its deliveries, with the credits that the ledger has', async () => {
    const { id } = await create();
    const key = await person.createKey({ integrationId: id });
    const recipient = `ada-${id}`;
    (await deliver(key, { operation: 'presetShare', recipient })).expect(201);
    (await deliver(key, { operation: 'follow', recipient })).expect(201);
    (await deliver(key, { operation: 'login' })).expect(201);
    (await deliver(person, { operation: 'follow', recipient, integrationId: id })).expect(201);
    (await deliver(key, { operation: 'follow', recipient: `unknown-${id}` })).expectError(422, 'DELIVERY_REFUSED');
    await upstreamFault({ mode: '500', times: 3, recipient });
    (await deliver(key, { operation: 'captureShare', recipient })).expectError(502, 'DELIVERY_FAILED');
    await deliver(person, { operation: 'follow', recipient });
    expect((await get(id)).statistics).toEqual({
      deliveryCount: 6,
      deliveredCount: 4,
      refusedCount: 1,
      failedCount: 1,
      spentCredits: 16,
      operations: {
        presetShare: { count: 1, spentCredits: 10 },
        follow: { count: 3, spentCredits: 6 },
        login: { count: 1, spentCredits: 0 },
        captureShare: { count: 1, spentCredits: 0 },
      },
    });
    const consumed = (await readLedger(person.accountId)).reduce((sum, entry) => sum + entry.consumedCredits, 0);
    expect(consumed).toBe(16 + 3);
  });

  it('count all of many concurrent deliveries', async () => {
    const { id } = await create();
    const key = await person.createKey({ integrationId: id });
    const replies = await Promise.all(
      Array.from({ length: 12 }, () => deliver(key, { operation: 'follow', recipient: 'ada' })),
    );
    for (const reply of replies) reply.expect(201);
    expect((await get(id)).statistics).toMatchObject({ deliveredCount: 12, spentCredits: 36 });
  });

  it('leave out deliveries with test keys', async () => {
    const { id } = await create();
    const key = await person.createKey({ kind: 'test', integrationId: id });
    (await deliver(key, { operation: 'follow', recipient: 'ada' })).expect(201);
    expect((await get(id)).statistics).toMatchObject({ deliveryCount: 0, spentCredits: 0 });
  });
});

describe('deleting an integration', () => {
  const remove = (id: string) => person.send('DELETE', `/account/integrations/${id}`);

  it('revokes only its keys and removes it from the list; its deliveries stay', async () => {
    const { id } = await create();
    const key = await person.createKey({ integrationId: id });
    const other = await person.createKey();
    const { data } = (await deliver(key, { operation: 'follow', recipient: 'ada' })).expect(201);
    expect((await remove(id)).expect(200).data.deletedAt).not.toBeNull();
    expect((await person.send('GET', `/account/keys/${key.id}`)).data.isActive).toBe(false);
    expect((await person.send('GET', `/account/keys/${other.id}`)).data.isActive).toBe(true);
    expect((await person.send('GET', '/account/integrations')).data).toEqual([]);
    (await person.send('GET', `/account/integrations/${id}`)).expectError(404, 'INTEGRATION_NOT_FOUND');
    (await person.send('GET', `/account/deliveries/${data.id}`)).expect(200);
    const change = await person.send('PATCH', `/account/integrations/${id}`, { body: { name: 'Back' } });
    change.expectError(404, 'INTEGRATION_NOT_FOUND');
    (await deliver(person, { operation: 'login', integrationId: id })).expectError(404, 'INTEGRATION_NOT_FOUND');
  });

  it('again changes nothing', async () => {
    const { id } = await create();
    const { deletedAt } = (await remove(id)).expect(200).data;
    expect((await remove(id)).expect(200).data.deletedAt).toBe(deletedAt);
  });

  it('during the creation of a key leaves no working key', async () => {
    const { id } = await create();
    const deps = suiteDeps();
    const { apiKeys } = deps;
    // The deletion happens after the key was checked and before the key is stored.
    const deleting = new Proxy(apiKeys, {
      get: (target, name) => {
        const value = Reflect.get(target, name);
        if (name !== 'create') return typeof value === 'function' ? value.bind(target) : value;
        return async (...args: Parameters<typeof apiKeys.create>) => {
          (await remove(id)).expect(200);
          return target.create(...args);
        };
      },
    });
    const caller = { kind: 'account', accountId: person.accountId, via: 'idToken', isAdmin: false } as const;
    const request = { name: 'late', kind: 'live', expiresAt: null, integrationId: id } as const;
    const made = createApiKey({ ...deps, apiKeys: deleting }, caller, request, { key: null, requestHash: 'x' });
    await expect(made).rejects.toMatchObject({ code: 'INTEGRATION_NOT_FOUND' });
    const { data } = await person.send('GET', '/account/keys');
    expect(data.find(({ name }: { name: string }) => name === 'late')).toMatchObject({ isActive: false });
  });
});
