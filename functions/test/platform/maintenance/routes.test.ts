import { randomUUID } from 'node:crypto';
import { randomId } from '@cloud-bridge/base';
import { WEBHOOK_SECRET } from '../../../../local/stripe/testing/testStripe.ts';
import { routes } from '../../../src/main/app.ts';
import { World } from './World.ts';

let world: World;
let apiKey: string;
/** Ids for all paths with an id; the test of a path missing here fails. */
let ids: Record<string, string>;

const OWNER = 'owner';
/** Queries and bodies that routes need. */
const QUERIES: Record<string, string> = {
  '/account/usage': '?from=2026-03-01&to=2026-03-02',
  '/account/usage.csv': '?from=2026-03-01&to=2026-03-02',
  '/billing/statement': '?month=2026-03',
  '/billing/statement.csv': '?month=2026-03',
  '/billing/statement.html': '?month=2026-03',
};

const post = async (path: string, body?: object) =>
  (await world.sendAs(OWNER, 'POST', path, { body })).expect(201).data;
const put = async (path: string, body: object) => (await world.sendAs(OWNER, 'PUT', path, { body })).expect(200).data;

beforeAll(async () => {
  world = await World.open('routes');
  // An account with an object of every kind, some of which are due later.
  const key = await post('/account/keys', {});
  apiKey = key.apiKey;
  const grant = { accountId: OWNER, amountCredits: 1_000, reason: 'For a test' };
  (await world.sendAs('operator', 'POST', '/admin/credits/manual', { body: grant })).expect(201);
  const charge = async (path: string, body: object) =>
    (await world.send('POST', path, { body, headers: { 'x-api-key': apiKey } })).expect(201).data;
  const hold = await charge('/billing/charges', { operation: 'presetShare', capture: false });
  const delivery = { body: { operation: 'presetShare', recipient: 'ada' }, headers: { 'x-api-key': apiKey } };
  const unconfirmed = (await world.send('POST', '/account/deliveries', delivery)).expect(504).json.error.details;
  const order = await post('/billing/checkout', { pack: 'starter' });
  const integration = await post('/account/integrations', { name: 'Shop' });
  const endpoint = await post('/account/webhooks', { url: 'https://receiver.example/hook' });
  await post('/billing/checkin');
  await put('/billing/alerts', { lowBalanceThresholds: [900], depleted: true });
  const pack = { creemProductId: 'prod_1' };
  (await world.sendAs('operator', 'PUT', '/admin/packs/starter', { body: pack })).expect(200);
  ids = {
    '/account/deliveries/:id': unconfirmed.deliveryId,
    '/account/integrations/:id': integration.id,
    '/account/keys/:id': key.id,
    '/account/webhooks/:id': endpoint.id,
    '/account/webhooks/:id/events': endpoint.id,
    '/admin/accounts/:id': OWNER,
    '/admin/catalog/versions/:id': '1',
    '/admin/orders/:id': order.orderId,
    '/billing/charges/:id': hold.id,
    '/billing/orders/:id': order.orderId,
  };
  await world.deps.lowBalances.idle();
  // Now the hold has expired, the delivery is due for a check, and a new window of the rate limit has begun.
  world.aheadMs = 2 * 60 * 60 * 1000;
  await world.turn('on');
});
afterAll(() => world.close());

const reading = routes.filter(({ method }) => method === 'get');
const writing = routes.filter(({ method }) => method !== 'get');

function pathOf(path: string): string {
  const id = ids[path];
  if (path.includes(':') && id === undefined) throw new Error(`${path} needs an id in this test`);
  return path.replace(':id', id ?? '') + (QUERIES[path] ?? '');
}

/** Runs an action and checks that it creates, writes and deletes no document. */
async function writingNothing(work: () => Promise<void>): Promise<void> {
  const before = await world.everything();
  expect(Object.keys(before).length).toBeGreaterThan(15);
  await work();
  await world.deps.lowBalances.idle();
  expect(await world.everything()).toEqual(before);
}

const credentialsFor = (access: (typeof routes)[number]['access']['to']): Record<string, string>[] => {
  if (access === 'public') return [{}];
  if (access === 'admin') return [{ authorization: 'Bearer operator' }];
  const owner = { authorization: `Bearer ${OWNER}` };
  return access === 'key' ? [owner, { 'x-api-key': apiKey }] : [owner];
};

it.each(reading.map((route) => [route.path, route] as const))(
  'GET %s answers, and writes nothing',
  async (path, route) => {
    await writingNothing(async () => {
      for (const headers of credentialsFor(route.access.to)) {
        const reply = await world.send('GET', pathOf(path), { headers });
        // The first request for a deposit address needs a write.
        if (path === '/billing/payment-address') reply.expectError(503, 'MAINTENANCE');
        else reply.expect(200);
      }
    });
  },
);

it('a new user can read, and no account is created', async () => {
  await writingNothing(async () => {
    for (const { path, access } of reading) {
      if (access.to === 'public' || access.to === 'admin' || path === '/billing/payment-address') continue;
      const { status } = await world.sendAs(`new-${randomUUID()}`, 'GET', pathOf(path));
      expect([path, status]).toEqual([path, path === '/account' || path.includes(':') ? 404 : 200]);
    }
  });
});

it('requests of an API key are counted in the process alone, up to the limit', async () => {
  await writingNothing(async () => {
    const ask = () => world.send('GET', '/billing/balance', { headers: { 'x-api-key': apiKey } });
    const first = (await ask()).expect(200).headers.get('ratelimit');
    const [, left = ''] = /r=(\d+)/.exec(first ?? '') ?? [];
    const second = (await ask()).expect(200).headers.get('ratelimit');
    expect(second).toContain(`r=${Number(left) - 1};`);
  });
});

it('an expired hold is shown as stored, and is released afterwards', async () => {
  const { data } = (await world.sendAs(OWNER, 'GET', '/account/credits')).expect(200);
  expect(data).toMatchObject({ heldCredits: 20 });
});

it.each(writing.map(({ method, path }) => [method.toUpperCase(), path] as const))(
  '%s %s is a 503 that says when to try again, and changes nothing',
  async (method, path) => {
    await writingNothing(async () => {
      for (const authorization of [`Bearer ${OWNER}`, 'Bearer operator', `Bearer ${apiKey}`]) {
        const options = { body: {}, headers: { authorization } };
        const reply = await world.send(method, path.replace(/:\w+/, OWNER), options);
        expect(reply.expectError(503, 'MAINTENANCE').headers.get('retry-after')).toBe('30');
      }
    });
  },
);

it('a webhook is answered with 503, so that the provider sends it again', async () => {
  const payload = JSON.stringify({ id: 'evt_1', type: 'payment_intent.succeeded', data: { object: { id: 'pi_1' } } });
  const signature = world.stripe.api.webhooks.generateTestHeaderString({ payload, secret: WEBHOOK_SECRET });
  await writingNothing(async () => {
    const request = { method: 'POST', headers: { 'stripe-signature': signature }, body: payload };
    const response = await fetch(world.webhookUrl, request);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '30']);
    expect(await response.json()).toMatchObject({ error: { code: 'MAINTENANCE' } });
  });
});

it('earlier work may write for ten minutes; work that wakes up later is refused', async () => {
  const claim = () => world.deps.batches.claim(OWNER, randomId('bat'), 'hash');
  const before = await world.everything();
  await claim();
  expect(await world.everything()).not.toEqual(before);
  world.sleptMs = 10 * 60_000;
  await writingNothing(() => expect(claim()).rejects.toMatchObject({ code: 'MAINTENANCE' }));
});

it('a missing switch counts as on', async () => {
  await world.turn('off');
  expect((await world.send('GET', '/health')).expect(200).data).toEqual({ status: 'ok' });
  await world.removeSwitch();
  expect((await world.send('GET', '/health')).expect(200).data).toEqual({ status: 'maintenance' });
  (await world.sendAs(OWNER, 'POST', '/billing/checkin')).expectError(503, 'MAINTENANCE');
});
