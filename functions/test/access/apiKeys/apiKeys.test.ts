import { hashSecret } from '../../../src/access/apiKeys/apiKey.ts';
import { newSecret } from '../../../src/access/apiKeys/newSecret.ts';
import { send } from '../../support/apiClient.ts';
import { startFramework } from '../../support/framework.ts';
import { type Key, newPerson, type Person } from '../../support/people.ts';
import { database } from '../../support/suite.ts';

let person: Person;
beforeEach(async () => {
  person = await newPerson();
});

const create = (body: Record<string, unknown>, idempotencyKey?: string) =>
  person.send('POST', '/account/keys', {
    body,
    idempotencyKey,
  });

/** Sends requests until a key is refused, which must take no longer than ten seconds. */
async function untilRefused(key: Key): Promise<{ code: string; waitedMs: number }> {
  const startedMs = Date.now();
  for (;;) {
    const reply = await key.send('GET', '/billing/balance');
    const waitedMs = Date.now() - startedMs;
    if (reply.status === 401) return { code: reply.json.error.code, waitedMs };
    reply.expect(200);
    if (waitedMs > 10_000) throw reply.failure('a revoked key is still accepted after ten seconds');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

describe('a new key', () => {
  it.each([
    ['live', /^ndsp_live_[0-9A-Za-z]{38}$/],
    ['test', /^ndsp_test_[0-9A-Za-z]{38}$/],
    ['management', /^mk_[0-9A-Za-z]{38}$/],
  ])('of kind %s has its own prefix and works', async (kind, pattern) => {
    const { data } = (await create({ name: 'prod', kind })).expect(201);
    expect(data).toMatchObject({ name: 'prod', kind, isActive: true, expiresAt: null, revokedAt: null });
    expect(data.apiKey).toMatch(pattern);
    (await send('GET', '/billing/balance', { headers: { authorization: `Bearer ${data.apiKey}` } })).expect(200);
  });

  it('shows its secret once and is stored only under the hash', async () => {
    const { data } = (await create({})).expect(201);
    const listed = (await person.send('GET', '/account/keys')).expect(200);
    expect(listed.text).not.toContain(data.apiKey);
    expect(listed.data).toMatchObject([{ id: data.id, hint: `ndsp_live_…${data.apiKey.slice(-4)}` }]);
    const stored = await database()
      .doc(`apiKeys/${hashSecret(data.apiKey)}`)
      .get();
    expect(stored.exists).toBe(true);
    const random = data.apiKey.slice('ndsp_live_'.length, -4);
    for (const name of [
      'apiKeys',
      'keyIds',
      'accounts',
      'wallets',
      'entries',
      'orders',
      'rateLimits',
      'webhookEvents',
    ]) {
      const documents = await database().collectionGroup(name).get();
      expect(JSON.stringify(documents.docs.map((document) => [document.ref.path, document.data()]))).not.toContain(
        random,
      );
    }
  });

  it('created twice with one Idempotency-Key is one key, whose secret is shown only the first time', async () => {
    const first = (await create({ name: 'a' }, 'once')).expect(201);
    const again = (await create({ name: 'a' }, 'once')).expect(201);
    expect(again.data).toEqual({ ...first.data, apiKey: null });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    (await create({ name: 'b' }, 'once')).expectError(422, 'IDEMPOTENCY_KEY_REUSED');
    expect((await person.send('GET', '/account/keys')).data).toHaveLength(1);
  });

  it('of kind test spends a separate wallet', async () => {
    await person.grant(50);
    const key = await person.createKey({ kind: 'test' });
    const { data } = (await key.charge({ operation: 'presetShare' })).expect(201);
    expect(data).toMatchObject({ walletId: 'test', status: 'captured' });
    expect((await person.credits()).availableCredits).toBe(50);
  });
});

describe('a key', () => {
  it('is listed in pages, newest first', async () => {
    for (const name of ['a', 'b', 'c']) await create({ name });
    const first = (await person.send('GET', '/account/keys?limit=2')).expect(200).json;
    expect(first.data.map((key: { name: string }) => key.name)).toEqual(['c', 'b']);
    const second = (await person.send('GET', `/account/keys?limit=2&cursor=${first.nextCursor}`)).expect(200).json;
    expect(second).toMatchObject({ data: [{ name: 'a' }], nextCursor: null });
  });

  it('can be renamed, restricted and given an expiry', async () => {
    const { id } = await person.createKey();
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const body = { name: 'renamed', scopes: ['balance:read'], expiresAt };
    expect((await person.send('PATCH', `/account/keys/${id}`, { body })).expect(200).data).toMatchObject({
      id,
      ...body,
    });
    expect((await person.send('GET', `/account/keys/${id}`)).expect(200).data).toMatchObject({ id, ...body });
    const lasting = (await person.send('PATCH', `/account/keys/${id}`, { body: { expiresAt: null } })).expect(200).data;
    expect(lasting).toMatchObject({ name: 'renamed', expiresAt: null });
  });

  it('does only what its scopes allow', async () => {
    await person.grant(10);
    const key = await person.createKey({ scopes: ['balance:read'] });
    (await key.send('GET', '/billing/balance')).expect(200);
    (await key.charge({ operation: 'follow' })).expectError(403, 'SCOPE_MISSING');
    (await key.send('POST', '/billing/charges/estimate', { body: { operation: 'follow' } })).expectError(
      403,
      'SCOPE_MISSING',
    );
    expect((await person.credits()).availableCredits).toBe(10);
  });

  it('that has expired is refused', async () => {
    const key = await person.createKey();
    await database()
      .doc(`apiKeys/${hashSecret(key.secret)}`)
      .update({ expiresAt: '2020-01-01T00:00:00.000Z' });
    (await key.send('GET', '/billing/balance')).expectError(401, 'CREDENTIAL_EXPIRED');
    expect((await person.send('GET', `/account/keys/${key.id}`)).data.isActive).toBe(false);
  });

  it('that is revoked is refused everywhere within ten seconds, permanently', async () => {
    const key = await person.createKey();
    // Several processes of the emulator cache the key.
    await Promise.all(Array.from({ length: 4 }, () => key.send('GET', '/billing/balance')));
    const { data } = (await person.send('DELETE', `/account/keys/${key.id}`)).expect(200);
    expect(data).toMatchObject({ isActive: false, revokedAt: expect.any(String) });
    const { code, waitedMs } = await untilRefused(key);
    expect(code).toBe('CREDENTIAL_REVOKED');
    expect(waitedMs).toBeLessThan(10_000);
    const again = (await person.send('DELETE', `/account/keys/${key.id}`)).expect(200);
    expect(again.data.revokedAt).toBe(data.revokedAt);
    (await person.send('PATCH', `/account/keys/${key.id}`, { body: { name: 'x' } })).expectError(
      409,
      'API_KEY_REVOKED',
    );
  });

  it('can be changed during use without failing requests', async () => {
    const instance = await startFramework('api');
    const { id, secret } = await person.createKey();
    const bearer = { authorization: `Bearer ${person.idToken}` };
    for (let round = 0; round < 20; round += 1) {
      const change = send(
        'PATCH',
        `/account/keys/${id}`,
        { headers: bearer, body: { name: `n${round}` } },
        instance.url,
      );
      const uses = Array.from({ length: 4 }, () =>
        send('GET', '/billing/balance', { headers: { 'x-api-key': secret } }, instance.url),
      );
      for (const reply of await Promise.all([change, ...uses])) reply.expect(200);
    }
    await instance.stop();
  });

  it('of another account is a 404', async () => {
    const stranger = await newPerson();
    const { id } = await stranger.createKey();
    for (const [method, body] of [['GET'], ['PATCH', { name: 'mine now' }], ['DELETE']] as const) {
      (await person.send(method, `/account/keys/${id}`, { body })).expectError(404, 'API_KEY_NOT_FOUND');
    }
    expect((await stranger.send('GET', `/account/keys/${id}`)).data).toMatchObject({ name: 'api-key', isActive: true });
  });
});

describe('a management key', () => {
  it("may do what the owner may, but can't create, change or revoke management keys", async () => {
    const { data } = (await create({ kind: 'management', name: 'automation' })).expect(201);
    const headers = { authorization: `Bearer ${data.apiKey}` };
    (await send('GET', '/account/credits', { headers })).expect(200);
    const made = (await send('POST', '/account/keys', { headers, body: { name: 'by automation' } })).expect(201).data;
    (await send('DELETE', `/account/keys/${made.id}`, { headers })).expect(200);
    (await send('POST', '/account/keys', { headers, body: { kind: 'management' } })).expectError(
      403,
      'CREDENTIAL_NOT_ALLOWED',
    );
    (await send('DELETE', `/account/keys/${data.id}`, { headers })).expectError(403, 'CREDENTIAL_NOT_ALLOWED');
    (await send('PATCH', `/account/keys/${data.id}`, { headers, body: { name: 'x' } })).expectError(
      403,
      'CREDENTIAL_NOT_ALLOWED',
    );
  });
});

describe('credentials that are refused', () => {
  it('malformed, mistyped and unknown keys', async () => {
    const key = await person.createKey();
    const mistyped = key.secret.slice(0, 20) + (key.secret[20] === 'x' ? 'y' : 'x') + key.secret.slice(21);
    for (const secret of [
      mistyped,
      newSecret('live'),
      'ndsp_live_',
      'ndsp_live_x',
      'mk_x',
      'something',
      'ndsp_live_../..',
    ]) {
      (await send('GET', '/billing/balance', { headers: { 'x-api-key': secret } })).expectError(
        401,
        'CREDENTIAL_INVALID',
      );
    }
  });

  it('tokens that are malformed, altered or from another project', async () => {
    const [header, payload] = person.idToken.split('.');
    const claims = JSON.parse(Buffer.from(payload as string, 'base64url').toString());
    const withClaims = (change: object) =>
      `${header}.${Buffer.from(JSON.stringify({ ...claims, ...change })).toString('base64url')}.`;
    const now = Math.floor(Date.now() / 1000);
    for (const [token, code] of [
      ['nonsense', 'CREDENTIAL_INVALID'],
      ['a.b.c', 'CREDENTIAL_INVALID'],
      [withClaims({ aud: 'another-project' }), 'CREDENTIAL_INVALID'],
      [withClaims({ exp: now - 10, iat: now - 3600 }), 'CREDENTIAL_EXPIRED'],
    ] as const) {
      (await send('GET', '/account/credits', { headers: { authorization: `Bearer ${token}` } })).expectError(401, code);
    }
  });

  it('the wrong scheme, the wrong header, or two at once', async () => {
    const key = await person.createKey();
    const refused = async (headers: Record<string, string>, code: string) =>
      (await send('GET', '/billing/balance', { headers })).expectError(401, code);
    await refused({}, 'CREDENTIAL_MISSING');
    await refused({ authorization: 'Bearer' }, 'CREDENTIAL_INVALID');
    await refused({ authorization: 'Basic abc' }, 'CREDENTIAL_INVALID');
    await refused({ authorization: `Bearer ${key.secret} extra` }, 'CREDENTIAL_INVALID');
    await refused({ 'x-api-key': person.idToken }, 'CREDENTIAL_INVALID');
    await refused({ 'x-api-key': key.secret, authorization: `Bearer ${person.idToken}` }, 'CREDENTIAL_AMBIGUOUS');
  });
});
