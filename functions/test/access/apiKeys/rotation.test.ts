import { hashSecret } from '../../../src/access/apiKeys/apiKey.ts';
import { send } from '../../support/apiClient.ts';
import { type Framework, startFramework } from '../../support/framework.ts';
import { type Key, newPerson, type Person, personWithCredits } from '../../support/people.ts';
import { database } from '../../support/suite.ts';

let person: Person;
let key: Key;
let instance: Framework;
beforeAll(async () => {
  instance = await startFramework('api');
});
afterAll(() => instance.stop());
beforeEach(async () => {
  ({ person, key } = await personWithCredits(100));
});

const bearer = () => ({ authorization: `Bearer ${person.idToken}` });
/** Uses one process for everything, which drops its own changes from its cache at once. */
const rotate = (id: string, body: object = {}, idempotencyKey?: string, headers: Record<string, string> = bearer()) =>
  send('POST', `/account/keys/${id}/rotate`, { headers, body, idempotencyKey }, instance.url);
const patch = (id: string, body: object) =>
  send('PATCH', `/account/keys/${id}`, { headers: bearer(), body }, instance.url);
const use = (secret: string) => send('GET', '/billing/balance', { headers: { 'x-api-key': secret } }, instance.url);
const charge = (secret: string, operation: string, idempotencyKey?: string) =>
  send(
    'POST',
    '/billing/charges',
    { headers: { 'x-api-key': secret }, body: { operation }, idempotencyKey },
    instance.url,
  );
const listed = async () => (await person.send('GET', '/account/keys')).expect(200).data;

describe('a key that is rotated', () => {
  it('gets a new secret, shown once, and works with both secrets for a while as one key', async () => {
    const { data } = (await rotate(key.id, { overlapSeconds: 3_600 })).expect(200);
    expect(data).toMatchObject({ id: key.id, isActive: true, rotatedAt: expect.any(String) });
    expect(Date.parse(data.previousSecretEndsAt) - Date.parse(data.rotatedAt)).toBe(3_600_000);
    expect(data.apiKey).toMatch(/^ndsp_live_[0-9A-Za-z]{38}$/);
    for (const secret of [key.secret, data.apiKey]) (await use(secret)).expect(200);
    expect(await listed()).toMatchObject([{ id: key.id, hint: `ndsp_live_…${data.apiKey.slice(-4)}` }]);
    const old = (
      await database()
        .doc(`apiKeys/${hashSecret(key.secret)}`)
        .get()
    ).data();
    expect(Object.keys(old ?? {}).sort()).toEqual(['acceptedUntil', 'shape', 'successorHash']);
  });

  it('accepts the old secret for a day by default', async () => {
    const { data } = (await rotate(key.id)).expect(200);
    expect(Date.parse(data.previousSecretEndsAt) - Date.parse(data.rotatedAt)).toBe(86_400_000);
  });

  it('refuses the old secret at once without an overlap', async () => {
    const { data } = (await rotate(key.id, { overlapSeconds: 0 })).expect(200);
    (await use(key.secret)).expectError(401, 'CREDENTIAL_EXPIRED');
    (await use(data.apiKey)).expect(200);
  });

  it('refuses the old secret after the overlap', async () => {
    (await rotate(key.id, { overlapSeconds: 3_600 })).expect(200);
    await database()
      .doc(`apiKeys/${hashSecret(key.secret)}`)
      .update({ acceptedUntil: '2020-01-01T00:00:00.000Z' });
    (await use(key.secret)).expectError(401, 'CREDENTIAL_EXPIRED');
  });

  it('accepts only the last two secrets after two rotations during an overlap', async () => {
    const first = (await rotate(key.id)).expect(200).data;
    const second = (await rotate(key.id)).expect(200).data;
    (await use(key.secret)).expectError(401, 'CREDENTIAL_EXPIRED');
    for (const secret of [first.apiKey, second.apiKey]) (await use(secret)).expect(200);
    expect(await listed()).toHaveLength(1);
    const third = (await rotate(key.id, { overlapSeconds: 0 })).expect(200).data;
    for (const secret of [first.apiKey, second.apiKey]) (await use(secret)).expectError(401, 'CREDENTIAL_EXPIRED');
    (await use(third.apiKey)).expect(200);
  });

  it('is revoked and changed for both secrets at once', async () => {
    const { apiKey } = (await rotate(key.id)).expect(200).data;
    (await patch(key.id, { scopes: ['charges:read'] })).expect(200);
    for (const secret of [key.secret, apiKey]) (await use(secret)).expectError(403, 'SCOPE_MISSING');
    (await send('DELETE', `/account/keys/${key.id}`, { headers: bearer() }, instance.url)).expect(200);
    for (const secret of [key.secret, apiKey]) (await use(secret)).expectError(401, 'CREDENTIAL_REVOKED');
  });

  it('keeps its cap, its rules and its idempotent requests', async () => {
    const capped = await person.createKey({ creditsPerDay: 10, allowedOperations: ['follow', 'presetShare'] });
    const { data } = (await charge(capped.secret, 'follow', 'once')).expect(201);
    const { apiKey } = (await rotate(capped.id)).expect(200).data;
    expect((await charge(apiKey, 'follow', 'once')).expect(201).data).toEqual(data);
    (await charge(apiKey, 'presetShare')).expectError(402, 'KEY_CREDIT_LIMIT_EXCEEDED');
    (await charge(capped.secret, 'presetShare')).expectError(402, 'KEY_CREDIT_LIMIT_EXCEEDED');
    (await charge(apiKey, 'unfollow')).expectError(403, 'OPERATION_NOT_ALLOWED');
  });

  it('is rotated once for one Idempotency-Key, and the repetition returns no secret', async () => {
    const first = (await rotate(key.id, {}, 'once')).expect(200);
    const again = (await rotate(key.id, {}, 'once')).expect(200);
    expect(again.data).toEqual({ ...first.data, apiKey: null });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    (await rotate(key.id, { overlapSeconds: 1 }, 'once')).expectError(422, 'IDEMPOTENCY_KEY_REUSED');
    (await use(first.data.apiKey)).expect(200);
  });

  it('stays one key whose newest secret works after concurrent rotations', async () => {
    const replies = await Promise.all(Array.from({ length: 8 }, () => rotate(key.id)));
    const hashes = replies.map((reply) => hashSecret(reply.expect(200).data.apiKey));
    const id = (await database().doc(`accounts/${person.accountId}/keyIds/${key.id}`).get()).data();
    expect(hashes).toContain(id?.hash);
    expect(await listed()).toHaveLength(1);
    const newest = replies[hashes.indexOf(id?.hash)]?.data.apiKey;
    (await use(newest)).expect(200);
    const works = await Promise.all(replies.map(async ({ data }) => (await use(data.apiKey)).status === 200));
    expect(works.filter(Boolean)).toHaveLength(2);
  });
});

describe('a rotation is refused', () => {
  it('of a revoked and of an expired key', async () => {
    const expired = await person.createKey();
    await database()
      .doc(`apiKeys/${hashSecret(expired.secret)}`)
      .update({ expiresAt: '2020-01-01T00:00:00.000Z' });
    (await rotate(expired.id)).expectError(409, 'API_KEY_EXPIRED');
    (await person.send('DELETE', `/account/keys/${key.id}`)).expect(200);
    (await rotate(key.id)).expectError(409, 'API_KEY_REVOKED');
  });

  it.each([-1, 7 * 86_400 + 1, 1.5, '60', null])('with an overlap of %j', async (overlapSeconds) => {
    const { error } = (await rotate(key.id, { overlapSeconds })).expectError(400, 'INVALID_REQUEST').json;
    expect(error.details.fields).toMatchObject([{ in: 'body', field: 'overlapSeconds' }]);
    (await use(key.secret)).expect(200);
  });

  it("of another account's key", async () => {
    const stranger = await newPerson();
    (await rotate(key.id, {}, undefined, { authorization: `Bearer ${stranger.idToken}` })).expectError(
      404,
      'API_KEY_NOT_FOUND',
    );
    (await use(key.secret)).expect(200);
  });

  it('of a management key by a management key, but not by the owner', async () => {
    const management = (await person.send('POST', '/account/keys', { body: { kind: 'management' } })).expect(201).data;
    const headers = { authorization: `Bearer ${management.apiKey}` };
    (await rotate(management.id, {}, undefined, headers)).expectError(403, 'CREDENTIAL_NOT_ALLOWED');
    (await rotate(key.id, {}, undefined, headers)).expect(200);
    const { apiKey } = (await rotate(management.id)).expect(200).data;
    for (const secret of [management.apiKey, apiKey]) {
      const asOwner = { headers: { authorization: `Bearer ${secret}` } };
      (await send('GET', '/account/credits', asOwner, instance.url)).expect(200);
    }
  });
});

it('revoking all keys of an account includes rotated keys', async () => {
  const integration = (await person.send('POST', '/account/integrations', { body: { name: 'shop' } })).expect(201).data;
  const own = await person.createKey({ integrationId: integration.id });
  const { apiKey } = (await rotate(own.id)).expect(200).data;
  (await send('DELETE', `/account/integrations/${integration.id}`, { headers: bearer() }, instance.url)).expect(200);
  for (const secret of [own.secret, apiKey]) (await use(secret)).expectError(401, 'CREDENTIAL_REVOKED');
});
