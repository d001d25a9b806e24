import { send } from '../../support/apiClient.ts';
import { type Framework, startFramework } from '../../support/framework.ts';
import { auditWallet, readLedger } from '../../support/ledger.ts';
import { type Key, type Person, personWithCredits } from '../../support/people.ts';

let person: Person;
let instance: Framework;
beforeAll(async () => {
  instance = await startFramework('api');
});
afterAll(() => instance.stop());
beforeEach(async () => {
  ({ person } = await personWithCredits(1_000));
});

const create = (body: Record<string, unknown>) => person.send('POST', '/account/keys', { body });
const patch = (id: string, body: object) => person.send('PATCH', `/account/keys/${id}`, { body });

/** The header as Google's front end sets it: the address is to the right of entries written by the client. */
const from = (key: Key, forwardedFor: string, url = instance.url) =>
  send('GET', '/billing/balance', { headers: { 'x-api-key': key.secret, 'x-forwarded-for': forwardedFor } }, url);

describe('a key with rules', () => {
  it('is shown with its rules, alone and in the list, and loses a rule that is set to null', async () => {
    const rules = {
      rateLimitPerMinute: 60,
      allowedIps: ['203.0.113.0/24', '2001:db8::/32'],
      allowedOperations: ['follow'],
      allowedModels: ['gpt-4o-mini'],
      creditsPerDay: 10,
      creditsPerMonth: 100,
      alertPercent: 50,
    };
    const { id } = (await create(rules)).expect(201).data;
    const shown = { ...rules, usedTodayCredits: 0, usedThisMonthCredits: 0 };
    expect((await person.send('GET', `/account/keys/${id}`)).expect(200).data).toMatchObject(shown);
    expect((await person.send('GET', '/account/keys')).expect(200).data[0]).toMatchObject(shown);
    const lifted = (await patch(id, { allowedIps: null, creditsPerDay: null })).expect(200).data;
    expect(lifted).toMatchObject({ ...rules, allowedIps: null, creditsPerDay: null, usedTodayCredits: null });
  });

  it('has no rules by default', async () => {
    expect((await create({})).expect(201).data).toMatchObject({
      rateLimitPerMinute: null,
      allowedIps: null,
      allowedOperations: null,
      allowedModels: null,
      creditsPerDay: null,
      creditsPerMonth: null,
      alertPercent: 80,
      usedTodayCredits: null,
      usedThisMonthCredits: null,
    });
  });

  it.each([
    ['allowedIps.0', { allowedIps: ['example.com'] }],
    ['allowedIps.1', { allowedIps: ['10.0.0.1', '10.0.0.0/33'] }],
    ['allowedIps.0', { allowedIps: ['2001:db8::/129'] }],
    ['allowedIps.0', { allowedIps: ['fe80::1%eth0'] }],
    ['allowedIps.0', { allowedIps: ['10.0.0.0/08'] }],
    ['allowedIps', { allowedIps: [] }],
    ['allowedIps', { allowedIps: Array.from({ length: 51 }, (_, index) => `10.0.0.${index}`) }],
    ['rateLimitPerMinute', { rateLimitPerMinute: 0 }],
    ['creditsPerDay', { creditsPerDay: -1 }],
    ['creditsPerMonth', { creditsPerMonth: 1.5 }],
    ['alertPercent', { alertPercent: 101 }],
    ['allowedOperations', { allowedOperations: [] }],
    ['allowedModels.0', { allowedModels: [''] }],
    ['allowedOperations.1', { allowedOperations: ['follow', 'folow'] }],
    ['allowedOperations.0', { allowedOperations: ['constructor'] }],
    ['allowedModels.0', { allowedModels: ['gpt-4o-minni'] }],
    ['creditsPerDay', { kind: 'management', creditsPerDay: 5 }],
    ['allowedModels', { kind: 'management', allowedModels: ['gpt-4o-mini'] }],
  ])('cannot have a bad %s', async (field, body) => {
    const { error } = (await create(body)).expectError(400, 'INVALID_REQUEST').json;
    expect(error.details.fields).toMatchObject([{ in: 'body', field }]);
    expect((await person.send('GET', '/account/keys')).data).toHaveLength(1);
  });
});

describe('a key with an IP list', () => {
  it.each([
    ['an address', '203.0.113.7'],
    ['an address behind what the client wrote', '198.51.100.1, 203.0.113.7'],
    ['an IPv4 address as IPv6', '::ffff:203.0.113.7'],
    ['the same in hexadecimal', '::ffff:cb00:7107'],
    ['an IPv6 address of a range', '2001:db8:0:0::17'],
  ])('is accepted from %s', async (_name, forwardedFor) => {
    const key = await person.createKey({ allowedIps: ['203.0.113.7', '2001:db8::/32'] });
    (await from(key, forwardedFor)).expect(200);
  });

  it.each([
    ['another address', '198.51.100.1'],
    ['an address that the client only claims', '203.0.113.7, 198.51.100.1'],
    ['what claims it twice', '203.0.113.7, 203.0.113.7, 198.51.100.1'],
    ['an IPv6 address outside', '2001:db9::1'],
    ['what is no address', '203.0.113.7, unknown'],
    ['nothing', '203.0.113.7,'],
  ])('is refused from %s, and nothing is counted', async (_name, forwardedFor) => {
    const key = await person.createKey({ allowedIps: ['203.0.113.7', '2001:db8::/32'] });
    const reply = (await from(key, forwardedFor)).expectError(403, 'ADDRESS_NOT_ALLOWED');
    expect(reply.headers.has('ratelimit')).toBe(false);
    expect(reply.json.error.details).toEqual({ address: forwardedFor.split(',').at(-1)?.trim() || null });
  });

  it('may be a management key', async () => {
    const { apiKey } = (await create({ kind: 'management', allowedIps: ['203.0.113.7'] })).expect(201).data;
    const by = (address: string) =>
      send(
        'GET',
        '/account/credits',
        { headers: { authorization: `Bearer ${apiKey}`, 'x-forwarded-for': address } },
        instance.url,
      );
    (await by('203.0.113.7')).expect(200);
    (await by('203.0.113.8')).expectError(403, 'ADDRESS_NOT_ALLOWED');
  });

  it('is checked by the address in front of the number of proxies that the deployment sets', async () => {
    const behind = await startFramework('api', { PROXY_HOPS: '1' });
    const key = await person.createKey({ allowedIps: ['203.0.113.7'] });
    (await from(key, '203.0.113.7, 192.0.2.1', behind.url)).expect(200);
    (await from(key, '203.0.113.7, 198.51.100.1, 192.0.2.1', behind.url)).expectError(403, 'ADDRESS_NOT_ALLOWED');
    (await from(key, '203.0.113.7', behind.url)).expectError(403, 'ADDRESS_NOT_ALLOWED');
    await behind.stop();
  });
});

describe('a key for some operations and models', () => {
  const usage = (of: object) => ({ operation: 'completion', usage: { ...of, inputTokens: 1, outputTokens: 1 } });

  it('may charge, hold, estimate and deliver only allowed operations', async () => {
    const key = await person.createKey({ allowedOperations: ['follow'] });
    (await key.charge({ operation: 'follow' })).expect(201);
    const attempts = [
      key.charge({ operation: 'unfollow' }),
      key.charge({ operation: 'unfollow', capture: false }),
      key.send('POST', '/billing/charges/estimate', { body: { operation: 'unfollow' } }),
      key.send('POST', '/account/deliveries', { body: { operation: 'unfollow', recipient: 'ada' } }),
      key.send('POST', '/account/deliveries', { body: { operation: 'login' } }),
    ];
    for (const reply of await Promise.all(attempts)) {
      reply.expectError(403, 'OPERATION_NOT_ALLOWED');
      expect(reply.json.error.details.operation).toMatch(/^(unfollow|login)$/);
    }
    const charges = [{ operation: 'unfollow' }, { operation: 'follow' }];
    const { results } = (await key.send('POST', '/billing/charges/batch', { body: { charges } })).expect(200).data;
    expect(results).toMatchObject([
      { success: false, error: { code: 'OPERATION_NOT_ALLOWED', details: { operation: 'unfollow' } } },
      { success: true },
    ]);
    expect(await readLedger(person.accountId)).toHaveLength(3);
    expect((await auditWallet(person.accountId)).availableCredits).toBe(994);
  });

  it('may use only allowed models, and no price by tier', async () => {
    const key = await person.createKey({ allowedModels: ['gpt-4o-mini'] });
    const refused = async (of: object, model: string | null) => {
      const reply = (await key.charge(usage(of))).expectError(403, 'MODEL_NOT_ALLOWED');
      expect(reply.json.error.details).toEqual({ model });
    };
    await refused({ model: 'gpt-4o' }, 'gpt-4o');
    await refused({ tier: 'core' }, null);
    expect((await auditWallet(person.accountId)).availableCredits).toBe(1_000);
    (await key.charge(usage({ model: 'gpt-4o-mini' }))).expect(201);
    (await key.charge({ operation: 'follow' })).expect(201);
  });

  it('answers a repeated request although its operation is no longer allowed', async () => {
    const key = await person.createKey();
    const first = (await key.charge({ operation: 'follow' }, 'once')).expect(201);
    for (const change of [{ allowedOperations: ['nothing'] }, { allowedModels: ['nothing'] }]) {
      (await patch(key.id, change)).expectError(400, 'INVALID_REQUEST', `${Object.keys(change)[0]}.0`);
    }
    (await patch(key.id, { allowedOperations: ['unfollow', 'completion'] })).expect(200);
    const fresh = await startFramework('api');
    const headers = { 'x-api-key': key.secret };
    const at = (operation: string, idempotencyKey: string) =>
      send('POST', '/billing/charges', { headers, body: { operation }, idempotencyKey }, fresh.url);
    expect((await at('follow', 'once')).expect(201).data).toEqual(first.data);
    (await at('follow', 'twice')).expectError(403, 'OPERATION_NOT_ALLOWED');
    await fresh.stop();
  });
});

it('rules of a key of another account cannot be changed', async () => {
  const { key, person: stranger } = await personWithCredits(0);
  (await patch(key.id, { creditsPerDay: 0 })).expectError(404, 'API_KEY_NOT_FOUND');
  expect((await stranger.send('GET', `/account/keys/${key.id}`)).data.creditsPerDay).toBeNull();
});
