import { newSecret } from '../../src/apiKeys/newSecret.ts';
import { send } from '../support/apiClient.ts';
import { startFramework } from '../support/framework.ts';
import { newPerson, Person } from '../support/people.ts';
import { postEvent } from '../support/stripeControl.ts';
import { database, STRIPE_WEBHOOK_SECRET } from '../support/suite.ts';

it('an account appears on the first call with a valid ID token, once, however many come at once', async () => {
  const person = await newPerson();
  const reference = database().doc(`accounts/${person.accountId}`);
  expect((await reference.get()).exists).toBe(false);
  const replies = await Promise.all(Array.from({ length: 5 }, () => person.send('GET', '/account/credits')));
  for (const reply of replies) reply.expect(200);
  expect((await reference.get()).data()).toEqual({
    id: person.accountId,
    email: expect.stringContaining('@example.com'),
    createdAt: expect.any(String),
  });
});

it('a call without a valid ID token makes no account', async () => {
  const before = (await database().collection('accounts').count().get()).data().count;
  (await new Person('x', 'nonsense').send('GET', '/account/credits')).expectError(401, 'CREDENTIAL_INVALID');
  expect((await database().collection('accounts').count().get()).data().count).toBe(before);
});

it('no credential reaches a log line, whether it was good or bad', async () => {
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
