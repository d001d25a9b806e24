import { once } from 'node:events';
import { connect } from 'node:net';
import { routes } from '../../../src/main/app.ts';
import type { AnyRoute } from '../../../src/platform/http/route.ts';
import { type Reply, send } from '../../support/apiClient.ts';
import { type Framework, startFramework } from '../../support/framework.ts';
import { readLedger } from '../../support/ledger.ts';
import { type Key, newAdmin, type Person, personWithCredits } from '../../support/people.ts';
import { database } from '../../support/suite.ts';

let person: Person;
let key: Key;
let readOnlyKey: Key;
let admin: Person;

beforeAll(async () => {
  ({ person, key } = await personWithCredits(1_000));
  admin = await newAdmin();
  readOnlyKey = await person.createKey({ scopes: ['balance:read'] });
});

const nameOf = (route: AnyRoute) => `${route.method.toUpperCase()} ${route.path}`;
const pathOf = (route: AnyRoute, id = 'unknown_id') => route.path.replace(':id', id).replace(':eventId', 'evt_unknown');
/** Returns a valid body for a route that changes a part of an object. */
const changeOf = (route: AnyRoute) => (route.path.includes('/webhooks/') ? { description: 'x' } : { name: 'x' });
const closedRoutes = routes
  .filter((route) => route.access.to !== 'public')
  .map((route) => [nameOf(route), route] as const);
const adminRoutes = closedRoutes.filter(([, route]) => route.access.to === 'admin');
const ownerRoutes = closedRoutes.filter(([, route]) => route.access.to === 'account');
const bodyRoutes = closedRoutes.filter(([, route]) => route.body);
const idRoutes = closedRoutes.filter(([, route]) => route.params);
const queryRoutes = closedRoutes.filter(([, route]) => route.query);

/** Ids that a user of Firebase Auth may have, but no object created here. */
const ODD_USER_IDS = ['é', '*', 'auth0%7C1'];

/** Returns all documents of the account. */
async function contents(): Promise<string> {
  const orders = await database().collection('orders').where('accountId', '==', person.accountId).get();
  const keys = await database().collection('apiKeys').where('accountId', '==', person.accountId).get();
  const documents = [...orders.docs, ...keys.docs].map((document) => document.data());
  const own = await database().doc(`accounts/${person.accountId}`).listCollections();
  const below = await Promise.all(own.map((collection) => collection.get()));
  const events = (await database().collection('webhookEvents').count().get()).data().count;
  const rest = below.flatMap(({ docs }) => docs.map((document) => [document.ref.path, document.data()]));
  return JSON.stringify([documents, rest, events, await readLedger(person.accountId)]);
}

/** The documents at the last check; empty after an intended write. */
let known = '';

/** Checks that the attempts write nothing, and that nothing was written since the last check. */
async function writingNothing(attempt: () => Promise<unknown>): Promise<void> {
  known ||= await contents();
  await attempt();
  const found = await contents();
  const before = known;
  known = found;
  expect(found).toBe(before);
}

const asOwner = (route: AnyRoute, options: object = {}, id?: string): Promise<Reply> =>
  (route.access.to === 'admin' ? admin : person).send(route.method.toUpperCase(), pathOf(route, id), options);

describe('credentials', () => {
  it.each(closedRoutes)('%s without one is a 401', async (_name, route) => {
    (await send(route.method.toUpperCase(), pathOf(route))).expectError(401, 'CREDENTIAL_MISSING');
  });

  it.each(closedRoutes)('%s with one that is not valid is a 401', async (_name, route) => {
    const headers = { authorization: 'Bearer nonsense' };
    (await send(route.method.toUpperCase(), pathOf(route), { headers })).expectError(401, 'CREDENTIAL_INVALID');
  });

  it.each(ownerRoutes)('%s with an API key is a 403', async (_name, route) => {
    await writingNothing(async () =>
      (await key.send(route.method.toUpperCase(), pathOf(route))).expectError(403, 'CREDENTIAL_NOT_ALLOWED'),
    );
  });

  let managementKey: Key;
  let adminsKey: Key;
  beforeAll(async () => {
    managementKey = await person.createKey({ kind: 'management' });
    adminsKey = await admin.createKey({ kind: 'management' });
  });

  it.each(adminRoutes)('%s without the claim is a 403, whoever asks', async (_name, route) => {
    await writingNothing(async () => {
      for (const headers of [
        { authorization: `Bearer ${person.idToken}` },
        { authorization: `Bearer ${managementKey.secret}` },
        { authorization: `Bearer ${adminsKey.secret}` },
        { 'x-api-key': key.secret },
      ] as Record<string, string>[]) {
        const reply = await send(route.method.toUpperCase(), pathOf(route), { headers });
        reply.expectError(403, 'ADMIN_REQUIRED');
      }
    });
  });

  it('a key without the scope is a 403', async () => {
    for (const [, route] of closedRoutes) {
      if (route.access.to !== 'key' || route.access.scope === 'balance:read') continue;
      (await readOnlyKey.send(route.method.toUpperCase(), pathOf(route))).expectError(403, 'SCOPE_MISSING');
    }
  });
});

describe('bodies', () => {
  const rejected: [string, string | Buffer, number, string][] = [
    ['malformed JSON', '{"a":', 400, 'MALFORMED_JSON'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 400, 'MALFORMED_JSON'],
    ['an array', '[]', 400, 'INVALID_REQUEST'],
    ['a string', '"text"', 400, 'INVALID_REQUEST'],
    ['null', 'null', 400, 'INVALID_REQUEST'],
    ['2 MB', JSON.stringify({ a: 'x'.repeat(2_000_000) }), 413, 'PAYLOAD_TOO_LARGE'],
    ['deep nesting', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 400, 'MALFORMED_JSON'],
  ];

  it.each(bodyRoutes)('%s refuses what is no proper object', async (_name, route) => {
    await writingNothing(async () => {
      for (const [, rawBody, status, code] of rejected) (await asOwner(route, { rawBody })).expectError(status, code);
    });
  });

  it.each(bodyRoutes)('%s refuses unknown fields and names them', async (_name, route) => {
    await writingNothing(async () => {
      (await asOwner(route, { body: { surprise: 1 } })).expectError(400, 'INVALID_REQUEST', 'surprise');
      (await asOwner(route, { rawBody: '{"__proto__": {"x": 1}}' })).expectError(400, 'INVALID_REQUEST', '__proto__');
      (await asOwner(route, { rawBody: '{"constructor": {}}' })).expectError(400, 'INVALID_REQUEST', 'constructor');
    });
  });

  it.each(bodyRoutes)('%s refuses another content type', async (_name, route) => {
    const headers = { 'content-type': 'text/plain' };
    (await asOwner(route, { headers, rawBody: '{}' })).expectError(415, 'UNSUPPORTED_MEDIA_TYPE');
    for (const other of ['application/json-patch+json', 'application/json; charset=utf-16']) {
      const reply = await asOwner(route, { headers: { 'content-type': other }, rawBody: '{}' });
      reply.expectError(415, 'UNSUPPORTED_MEDIA_TYPE');
    }
  });
});

describe('fields', () => {
  const huge = 2 ** 53;
  const cases: [string, string, Record<string, unknown>, string, string?][] = [
    ['POST', '/billing/charges', { operation: 'nothing' }, 'operation', 'UNKNOWN_OPERATION'],
    ['POST', '/billing/charges', { operation: '__proto__' }, 'operation', 'UNKNOWN_OPERATION'],
    ['POST', '/billing/charges', { operation: 'constructor' }, 'operation', 'UNKNOWN_OPERATION'],
    ['POST', '/billing/charges', { operation: 7 }, 'operation'],
    ['POST', '/billing/charges', {}, 'operation'],
    ['POST', '/billing/charges', { operation: 'follow', quantity: -1 }, 'quantity'],
    ['POST', '/billing/charges', { operation: 'follow', quantity: 0 }, 'quantity'],
    ['POST', '/billing/charges', { operation: 'follow', quantity: 1.5 }, 'quantity'],
    ['POST', '/billing/charges', { operation: 'follow', quantity: huge }, 'quantity'],
    ['POST', '/billing/charges', { operation: 'follow', quantity: '1' }, 'quantity'],
    ['POST', '/billing/charges', { operation: 'follow', quantity: null }, 'quantity'],
    ['POST', '/billing/charges', { operation: 'follow', capture: 'false' }, 'capture'],
    ['POST', '/billing/charges', { operation: 'follow', holdSeconds: 60 }, 'holdSeconds'],
    ['POST', '/billing/charges', { operation: 'follow', capture: false, holdSeconds: 0 }, 'holdSeconds'],
    ['POST', '/billing/charges', { operation: 'follow', capture: false, holdSeconds: 604_801 }, 'holdSeconds'],
    ['POST', '/billing/charges', { operation: 'follow', description: '' }, 'description'],
    ['POST', '/billing/charges', { operation: 'follow', description: '\ud800' }, 'description'],
    ['POST', '/billing/charges', { operation: 'follow', description: 'two\nlines' }, 'description'],
    ['POST', '/billing/charges', { operation: 'follow', description: 'nul\u0000' }, 'description'],
    ['POST', '/billing/charges', { operation: 'follow', metadata: { a: '\u001b[2J' } }, 'metadata.a'],
    ['POST', '/account/deliveries', { operation: 'follow', recipient: 'ada\r\n' }, 'recipient'],
    ['POST', '/account/deliveries', { operation: 'follow', recipient: '\u0085' }, 'recipient'],
    ['POST', '/account/keys', { name: 'a\tb' }, 'name'],
    ['POST', '/account/integrations', { name: '\u007f', platform: 'web' }, 'name'],
    ['POST', '/account/webhooks', { url: 'https://example.com/', description: 'a\u0007' }, 'description'],
    ['POST', '/billing/charges', { operation: 'follow', metadata: { a: 1 } }, 'metadata.a'],
    ['POST', '/billing/charges', { operation: 'follow', metadata: { 'a b': 'x' } }, 'metadata.a b'],
    ['POST', '/billing/charges', { operation: 'follow', metadata: { __x__: 'x' } }, 'metadata.__x__'],
    ['POST', '/billing/charges', { operation: 'follow', metadata: [] }, 'metadata'],
    ['POST', '/billing/charges', { operation: 'follow', walletId: 'a/b' }, 'walletId'],
    ['POST', '/billing/charges', { operation: 'completion' }, 'usage'],
    [
      'POST',
      '/billing/charges',
      { operation: 'follow', usage: { tier: 'core', inputTokens: 1, outputTokens: 1 } },
      'usage',
    ],
    [
      'POST',
      '/billing/charges',
      { operation: 'completion', usage: { inputTokens: 1, outputTokens: 1 } },
      'usage.model',
    ],
    [
      'POST',
      '/billing/charges',
      { operation: 'completion', usage: { model: 'x', inputTokens: 1, outputTokens: 1 } },
      'usage.model',
      'UNKNOWN_MODEL',
    ],
    [
      'POST',
      '/billing/charges',
      { operation: 'completion', usage: { tier: 'x', inputTokens: 1, outputTokens: 1 } },
      'usage.tier',
      'UNKNOWN_TIER',
    ],
    [
      'POST',
      '/billing/charges',
      { operation: 'completion', usage: { tier: 'core', inputTokens: -1, outputTokens: 1 } },
      'usage.inputTokens',
    ],
    ['POST', '/billing/charges/batch', { charges: [] }, 'charges'],
    ['POST', '/billing/charges/batch', { charges: [{ operation: 'follow', quantity: 0 }] }, 'charges.0.quantity'],
    ['POST', '/billing/charges/estimate', { operation: 'nothing' }, 'operation', 'UNKNOWN_OPERATION'],
    ['POST', '/billing/charges/estimate', { operation: 'follow', quantity: huge }, 'quantity'],
    ['POST', '/billing/charges/x/capture', { amountCredits: -1 }, 'amountCredits'],
    ['POST', '/billing/charges/x/capture', { amountCredits: 0.5 }, 'amountCredits'],
    ['POST', '/billing/charges/x/capture', { amountCredits: huge }, 'amountCredits'],
    ['POST', '/billing/charges/x/capture', { amountCredits: '5' }, 'amountCredits'],
    ['POST', '/billing/charges/x/extend', {}, 'holdSeconds'],
    ['POST', '/billing/charges/x/extend', { holdSeconds: -5 }, 'holdSeconds'],
    ['POST', '/billing/checkout', {}, 'pack'],
    ['POST', '/billing/checkout', { pack: 'starter', successUrl: '' }, 'successUrl'],
    ['POST', '/billing/checkout', { pack: 'starter', successUrl: 'http://127.0.0.1:5000/\ud800' }, 'successUrl'],
    [
      'POST',
      '/billing/checkout',
      { pack: 'starter', successUrl: 'http:127.0.0.1:5000/x' },
      'successUrl',
      'REDIRECT_NOT_ALLOWED',
    ],
    ['POST', '/billing/checkout', { pack: 'gigantic' }, 'pack', 'UNKNOWN_PACK'],
    ['POST', '/billing/checkout', { pack: '__proto__' }, 'pack', 'UNKNOWN_PACK'],
    ['POST', '/billing/checkout', { pack: 'starter', currency: 'xyz' }, 'currency', 'UNKNOWN_CURRENCY'],
    ['POST', '/billing/checkout', { pack: 'starter', currency: 'USD' }, 'currency', 'UNKNOWN_CURRENCY'],
    ['POST', '/billing/checkout', { pack: 'starter', provider: 'barter' }, 'provider'],
    ...[
      '//evil.example',
      'https://evil.example',
      'javascript:alert(1)',
      'http://127.0.0.1:5000@evil.example',
      'http:\\\\evil.example',
      'http://127.0.0.1:5000.evil.example',
      'x',
    ].flatMap((url): [string, string, Record<string, unknown>, string, string][] => [
      ['POST', '/billing/checkout', { pack: 'starter', successUrl: url }, 'successUrl', 'REDIRECT_NOT_ALLOWED'],
      ['POST', '/billing/checkout', { pack: 'starter', cancelUrl: url }, 'cancelUrl', 'REDIRECT_NOT_ALLOWED'],
    ]),
    ['POST', '/billing/subscribe', {}, 'planSlug'],
    ['POST', '/billing/subscribe', { planSlug: '__proto__' }, 'planSlug', 'UNKNOWN_PLAN'],
    ['POST', '/billing/subscribe', { planSlug: 'team', interval: 'week' }, 'interval'],
    ['POST', '/billing/subscribe', { planSlug: 'team', currency: 'USD' }, 'currency', 'UNKNOWN_CURRENCY'],
    ['POST', '/billing/subscribe', { planSlug: 'team', createKey: 'yes' }, 'createKey'],
    ['POST', '/billing/subscribe', { planSlug: 'team', keyName: '' }, 'keyName'],
    ['POST', '/billing/subscribe', { planSlug: 'team', price: 1 }, 'price'],
    ['POST', '/billing/cancel', {}, 'subscriptionId'],
    ['POST', '/billing/cancel', { subscriptionId: 'a/b' }, 'subscriptionId'],
    ['POST', '/billing/resume', { subscriptionId: 5 }, 'subscriptionId'],
    ['POST', '/billing/change-plan', { subscriptionId: 'sub_1' }, 'planSlug'],
    ['POST', '/account/keys', { subscriptionId: '../main' }, 'subscriptionId'],
    ['POST', '/billing/topup', {}, 'amount'],
    ...[0, -10, '10', null, huge, 1e-7, 1_000_000].map((amount): [string, string, Record<string, unknown>, string] => [
      'POST',
      '/billing/topup',
      { amount, method: 'stripe' },
      'amount',
    ]),
    ['POST', '/billing/topup', { amount: 10 }, 'method'],
    ['POST', '/billing/topup', { amount: 10, method: 'barter' }, 'method'],
    ['POST', '/billing/topup', { amount: 10, method: 'stripe', currency: '__proto__' }, 'currency', 'UNKNOWN_CURRENCY'],
    ['POST', '/billing/topup', { amount: 10, method: 'stripe_direct', paymentMethodId: 'a/b' }, 'paymentMethodId'],
    ['POST', '/billing/topup', { amount: 10, method: 'usdc', currency: 'eur' }, 'currency'],
    ['POST', '/billing/topup', { amount: 10, method: 'usdc', paymentMethodId: 'pm_1' }, 'paymentMethodId'],
    ['POST', '/billing/verify-topup', { txHash: '0x1', amount: 10 }, 'txHash'],
    ['POST', '/billing/verify-topup', { txHash: `0x${'1'.repeat(64)}` }, 'amount'],
    [
      'POST',
      '/billing/topup',
      { amount: 10, method: 'stripe', successUrl: 'https://evil.example' },
      'successUrl',
      'REDIRECT_NOT_ALLOWED',
    ],
    ['POST', '/billing/setup-checkout', { successUrl: 'https://evil.example' }, 'successUrl', 'REDIRECT_NOT_ALLOWED'],
    ['POST', '/billing/setup-checkout', { cancelUrl: '//evil.example' }, 'cancelUrl', 'REDIRECT_NOT_ALLOWED'],
    ['POST', '/billing/portal', { returnUrl: 'javascript:alert(1)' }, 'returnUrl', 'REDIRECT_NOT_ALLOWED'],
    ['POST', '/billing/portal', { returnUrl: 7 }, 'returnUrl'],
    ['POST', '/account/keys', { name: '' }, 'name'],
    ['POST', '/account/keys', { name: 'x'.repeat(101) }, 'name'],
    ['POST', '/account/keys', { kind: 'root' }, 'kind'],
    ['POST', '/account/keys', { scopes: [] }, 'scopes'],
    ['POST', '/account/keys', { scopes: ['everything'] }, 'scopes.0'],
    ['POST', '/account/keys', { kind: 'management', scopes: ['balance:read'] }, 'scopes'],
    ['POST', '/account/keys', { expiresAt: 'tomorrow' }, 'expiresAt'],
    ['POST', '/account/keys', { expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    ['POST', '/account/keys', { expiresAt: '2030-02-30T00:00:00Z' }, 'expiresAt'],
    ['PATCH', '/account/keys/x', {}, 'body'],
    ['PATCH', '/account/keys/x', { kind: 'management' }, 'kind'],
    ['PATCH', '/account/keys/x', { accountId: 'somebody' }, 'accountId'],
  ];

  it.each(cases)('%s %s %j names %s', async (method, path, body, field, code = 'INVALID_REQUEST') => {
    await writingNothing(async () => (await person.send(method, path, { body })).expectError(400, code, field));
  });
});

/** Sends raw text over a connection and returns the answer. */
function exchange(url: string, lines: string[], parts: string[]): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    for (const part of parts) socket.write(`${part.length.toString(16)}\r\n${part}\r\n`);
    socket.write('0\r\n\r\n');
  });
}

describe('the function on its own server', () => {
  let instance: Framework;
  beforeAll(async () => {
    instance = await startFramework('api');
  });
  afterAll(() => instance.stop());

  it('answers a path that cannot be decoded in the documented form', async () => {
    for (const path of ['/billing/charges/%E0%A4%A', '/%ff', '/%']) {
      (await send('GET', path, {}, instance.url)).expectError(400, 'MALFORMED_REQUEST');
    }
  });

  it.each([
    ['with an owner', 413, 'PAYLOAD_TOO_LARGE', () => `authorization: Bearer ${person.idToken}`],
    ['without a credential', 401, 'CREDENTIAL_MISSING', () => 'x-nothing: nothing'],
  ])('answers 2 MB in chunks, %s', async (_name, status, code, header) => {
    for (let count = 0; count < 5; count += 1) {
      const lines = [
        'POST /billing/charges HTTP/1.1',
        'host: x',
        'connection: close',
        header(),
        'content-type: application/json',
        'transfer-encoding: chunked',
      ];
      const answer = await exchange(
        instance.url,
        lines,
        Array.from({ length: 200 }, () => 'x'.repeat(10_000)),
      );
      expect(answer).toContain(`HTTP/1.1 ${status}`);
      expect(answer).toContain(code);
    }
  });

  it('logs no error for a client that disconnects', async () => {
    const { hostname, port } = new URL(instance.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /billing/charges HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${person.idToken}\r\n` +
        'content-length: 100\r\n\r\n{"operation"',
    );
    await once(socket, 'connect');
    socket.destroy();
    await send('GET', '/health', {}, instance.url);
    expect(instance.output()).not.toContain('"severity":"ERROR"');
  });

  it.each([{ range: 'bytes=99999999-' }, { 'if-match': '"x"' }])(
    'refuses %j as a file of the documentation page',
    async (headers) => {
      const reply = await send(
        'GET',
        '/docs/swagger-ui.css',
        { headers: headers as Record<string, string> },
        instance.url,
      );
      expect([412, 416]).toContain(reply.status);
      expect(reply.json.error.code).toBe('REQUEST_REFUSED');
    },
  );
});

describe('paths and queries', () => {
  it.each(idRoutes)('%s with an id that is none is refused', async (_name, route) => {
    const body = route.path.endsWith('extend') ? { holdSeconds: 5 } : route.method === 'patch' ? changeOf(route) : {};
    const options = route.body ? { body } : {};
    const ofAnAccount = /^\/admin\/(accounts|invoicing)\//.test(route.path);
    const before = await contents();
    for (const id of [
      '..%2f..%2faccounts',
      'a%2Fb',
      '..%2f',
      '__proto__',
      '__x__',
      '%00',
      '...',
      'x'.repeat(129),
      ...(ofAnAccount ? [] : ODD_USER_IDS),
    ]) {
      (await asOwner(route, options, id)).expectError(400, 'INVALID_REQUEST', 'id');
    }
    for (const id of ['constructor', 'toString', 'txn_unknown', ...(ofAnAccount ? ODD_USER_IDS : [])]) {
      expect((await asOwner(route, options, id)).expect(404).json.error.code).toMatch(/_NOT_FOUND$/);
    }
    expect(await contents()).toBe(before);
  });

  it.each(queryRoutes)('%s refuses what it does not know or cannot use in the query', async (_name, route) => {
    for (const [query, field] of [
      ['limit=0', 'limit'],
      ['limit=101', 'limit'],
      ['limit=-1', 'limit'],
      ['limit=1.5', 'limit'],
      ['limit=ten', 'limit'],
      ['limit=9007199254740993', 'limit'],
      ['limit=1&limit=2', 'limit'],
      ['cursor=nonsense', 'cursor'],
      ['cursor=e30', 'cursor'],
      [`cursor=${Buffer.from('{"sequence":-1,"createdAt":1}').toString('base64url')}`, 'cursor'],
      ['surprise=1', 'surprise'],
      ['__proto__=1', '__proto__'],
      ['limit[a]=1', 'limit[a]'],
    ] as const) {
      const caller = route.access.to === 'admin' ? admin : person;
      (await caller.send('GET', `${pathOf(route)}?${query}`)).expectError(400, 'INVALID_REQUEST', field);
    }
  });

  it('refuses invalid times and kinds of entries', async () => {
    for (const [query, field] of [
      ['from=yesterday', 'from'],
      ['to=2026-13-01T00:00:00Z', 'to'],
      ['kind=theft', 'kind'],
      ['walletId=..', 'walletId'],
      ['offset=-1', 'offset'],
      ['offset=1001', 'offset'],
    ] as const) {
      (await person.send('GET', `/billing/transactions?${query}`)).expectError(400, 'INVALID_REQUEST', field);
    }
    (await person.send('GET', '/billing/transactions?walletId=other')).expectError(404, 'WALLET_NOT_FOUND');
  });

  it('refuses an invalid Idempotency-Key', async () => {
    for (const idempotencyKey of ['x'.repeat(256), 'é']) {
      await writingNothing(async () =>
        (await key.charge({ operation: 'follow' }, idempotencyKey)).expectError(
          400,
          'INVALID_REQUEST',
          'Idempotency-Key',
        ),
      );
    }
  });

  it('answers unknown routes with 404 and unknown methods with 405', async () => {
    (await send('GET', '/nowhere')).expectError(404, 'ROUTE_NOT_FOUND');
    (await send('GET', '/billing/charges')).expectError(405, 'METHOD_NOT_ALLOWED');
    const reply = (await send('DELETE', '/billing/pricing')).expectError(405, 'METHOD_NOT_ALLOWED');
    expect(reply.headers.get('allow')).toBe('GET');
  });
});
