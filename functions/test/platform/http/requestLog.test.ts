import { send } from '../../support/apiClient.ts';
import { type Framework, startFramework } from '../../support/framework.ts';
import { type Key, type Person, personWithCredits } from '../../support/people.ts';

let api: Framework;
let person: Person;
let key: Key;

beforeAll(async () => {
  api = await startFramework('api');
  ({ person, key } = await personWithCredits(1_000));
});
afterAll(() => api.stop());

/** Returns the log line about a request. */
async function lineOf(requestId: string | null): Promise<Record<string, unknown>> {
  for (;;) {
    const line = api
      .output()
      .split('\n')
      .find((text) => text.includes('"message":"request"') && text.includes(String(requestId)));
    if (line) return JSON.parse(line);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Sends a request with a key; returns its log line. */
async function logged(method: string, path: string, body?: object, by = key): Promise<Record<string, unknown>> {
  const options = { headers: { 'x-api-key': by.secret }, ...(body && { body }) };
  const reply = await send(method, path, options, api.url);
  return lineOf(reply.headers.get('x-request-id'));
}

it('a request is logged with its caller, its duration and its Firestore operations', async () => {
  await logged('POST', '/billing/charges', { operation: 'follow' });
  const line = await logged('POST', '/billing/charges', { operation: 'follow' });
  expect(line).toMatchObject({
    severity: 'INFO',
    message: 'request',
    method: 'POST',
    route: '/billing/charges',
    status: 201,
    latencyMs: expect.any(Number),
    accountId: person.accountId,
    keyId: key.id,
    firestoreReads: expect.any(Number),
    // The wallet and its entry.
    // The wallet, the entry and the day's counters.
    firestoreWrites: 3,
  });
});

it('caps of a key cost no extra writes, because a charge writes the wallet anyway', async () => {
  const capped = await person.createKey({ creditsPerDay: 500, creditsPerMonth: 500 });
  await logged('POST', '/billing/charges', { operation: 'follow' }, capped);
  const line = await logged('POST', '/billing/charges', { operation: 'follow' }, capped);
  expect(line).toMatchObject({ status: 201, firestoreWrites: 3 });
});

it('concurrent requests are counted separately', async () => {
  const [charge, unknown] = await Promise.all([
    logged('POST', '/billing/charges', { operation: 'follow' }),
    logged('GET', '/billing/charges/unknown'),
  ]);
  expect(charge).toMatchObject({ status: 201, firestoreWrites: 3 });
  // Reading a missing charge counts as a read, too.
  expect(unknown).toMatchObject({ status: 404, firestoreWrites: 0 });
  expect(unknown.firestoreReads).toBeGreaterThan(0);
});

it('a refused credential is not logged', async () => {
  const secret = `${key.secret.slice(0, -1)}x`;
  const reply = await send('GET', '/billing/balance', { headers: { 'x-api-key': secret } }, api.url);
  expect(await lineOf(reply.expect(401).headers.get('x-request-id'))).toMatchObject({ accountId: null, keyId: null });
  expect(api.output()).not.toContain(secret);
});
