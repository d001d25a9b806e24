import { randomUUID } from 'node:crypto';
import { getAuth } from 'firebase-admin/auth';
import { newSecret } from '../../../src/access/apiKeys/newSecret.ts';
import { send } from '../../support/apiClient.ts';
import { startFramework } from '../../support/framework.ts';
import { suiteDeps } from '../../support/functionsTest.ts';
import { newPerson, newPersonUnverified, Person, signIn } from '../../support/people.ts';
import { postEvent } from '../../support/stripeControl.ts';
import { database, firebase, STRIPE_WEBHOOK_SECRET } from '../../support/suite.ts';

it('concurrent first requests with a valid ID token create the account once', async () => {
  const person = await newPerson();
  const reference = database().doc(`accounts/${person.accountId}`);
  expect((await reference.get()).exists).toBe(false);
  const replies = await Promise.all(Array.from({ length: 5 }, () => person.send('GET', '/account/credits')));
  for (const reply of replies) reply.expect(200);
  expect((await reference.get()).data()).toEqual({
    id: person.accountId,
    email: expect.stringContaining('@example.com'),
    isEmailVerified: true,
    emailAsOf: expect.any(String),
    createdAt: expect.any(String),
    shape: 1,
  });
});

it('an account takes over the new address of its owner, and an older token does not restore the old one', async () => {
  const credentials = { email: `${randomUUID()}@example.com`, password: randomUUID() };
  const { uid } = await getAuth(firebase()).createUser(credentials);
  const before = await signIn(credentials);
  const stored = async () => (await database().doc(`accounts/${uid}`).get()).data();
  (await before.send('GET', '/account')).expect(200);
  expect(await stored()).toMatchObject({ email: credentials.email, isEmailVerified: false });
  const deps = suiteDeps();
  const known = { id: uid, email: credentials.email, isEmailVerified: false };
  const changed = { id: uid, email: 'new@example.com', isEmailVerified: true };
  const after = { ...changed, emailAsOf: '2999-01-01T00:00:00.000Z' };
  await deps.accounts.ensure(after, deps.clock());
  expect(await stored()).toMatchObject(after);
  // A process without a cache, and a process whose cache is older.
  for (const accounts of [suiteDeps().accounts, deps.accounts]) {
    await accounts.ensure({ ...known, emailAsOf: '2998-01-01T00:00:00.000Z' }, deps.clock());
    expect(await stored()).toMatchObject(after);
  }
});

it('the account says whether its address is verified', async () => {
  const stranger = await newPersonUnverified();
  expect((await stranger.send('GET', '/account')).expect(200).data.isEmailVerified).toBe(false);
  expect((await (await newPerson()).send('GET', '/account')).expect(200).data.isEmailVerified).toBe(true);
});

it('a request without a valid ID token creates no account', async () => {
  const before = (await database().collection('accounts').count().get()).data().count;
  (await new Person('x', 'nonsense').send('GET', '/account/credits')).expectError(401, 'CREDENTIAL_INVALID');
  expect((await database().collection('accounts').count().get()).data().count).toBe(before);
});

it('the log contains no credential, whether valid or not', async () => {
  const person = await newPerson();
  const [api, webhook] = await Promise.all([startFramework('api'), startFramework('stripeWebhook')]);
  const unknown = newSecret('live');
  const made = await person.send('POST', '/account/keys', { body: { kind: 'management' } });
  const management = made.expect(201).data.apiKey;
  const { secret } = await person.createKey();
  const at = (path: string, headers: Record<string, string>, body?: object) =>
    send(body ? 'POST' : 'GET', path, { headers, ...(body && { body }) }, api.url);
  const bearer = { authorization: `Bearer ${person.idToken}` };
  const created = await at('/account/keys', bearer, { name: 'logged?' });
  (await at('/account/credits', bearer)).expect(200);
  (await at('/billing/balance', { 'x-api-key': secret })).expect(200);
  (await at(`/billing/balance?key=${secret}`, { 'x-api-key': secret })).expect(400);
  (await at('/billing/charges', { 'x-api-key': secret }, { operation: secret })).expect(400);
  (await at(`/${secret}`, { 'x-api-key': secret })).expect(404);
  (await at('/account/credits', { authorization: `Bearer ${management}` })).expect(200);
  (await at('/billing/balance', { 'x-api-key': unknown })).expect(401);
  const signed = await send('POST', '/', { headers: { 'stripe-signature': 't=1,v1=abcdef' }, body: {} }, webhook.url);
  signed.expect(400);
  (await postEvent({ id: 'evt_nothing', object: 'event', type: 'x.y', data: { object: {} } })).expect(200);
  await Promise.all([api.stop(), webhook.stop()]);
  const output = api.output() + webhook.output();
  expect(output).toContain('"message":"request"');
  for (const credential of [
    person.idToken,
    secret,
    management,
    unknown,
    created.data.apiKey,
    STRIPE_WEBHOOK_SECRET,
    'abcdef',
  ]) {
    expect(output).not.toContain(credential);
  }
});
