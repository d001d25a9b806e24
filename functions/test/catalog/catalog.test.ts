import { send } from '../support/apiClient.ts';
import { type Framework, startFramework } from '../support/framework.ts';
import { database, EMULATED_API_URL, HOSTING_URL } from '../support/suite.ts';

const PUBLIC = ['/billing/pricing', '/billing/packs', '/account/credit-packs', '/billing/plans', '/openapi.json'];

it('prices equal those in the documentation', async () => {
  expect((await send('GET', '/billing/pricing')).expect(200).json).toEqual({
    success: true,
    pricing: { login: 0, follow: 3, unfollow: 3, profileCheck: 0, presetShare: 10, presetList: 0, captureShare: 10 },
  });
});

it('packs have a price in each currency, at both paths', async () => {
  const { data } = (await send('GET', '/billing/packs')).expect(200);
  expect(data.map((pack: { key: string }) => pack.key)).toEqual([
    'starter',
    'growth',
    'scale',
    'business',
    'enterprise',
  ]);
  expect(data[0]).toMatchObject({
    credits: 100,
    prices: [
      { unitAmountMinor: 999, currency: 'usd', formatted: '$9.99' },
      { unitAmountMinor: 949, currency: 'eur', formatted: '€9.49' },
      { unitAmountMinor: 849, currency: 'gbp', formatted: '£8.49' },
    ],
  });
  expect((await send('GET', '/account/credit-packs')).expect(200).data).toEqual(data);
});

it('plans say whether they renew', async () => {
  const { data } = (await send('GET', '/billing/plans')).expect(200);
  expect(data.map((plan: Record<string, unknown>) => [plan.slug, plan.renews, plan.termDays])).toEqual([
    ['standard', false, 30],
    ['pro', false, 30],
    ['team', true, null],
  ]);
});

it.each(PUBLIC)('%s is cacheable and answers 304 to its ETag', async (path) => {
  const reply = (await send('GET', path)).expect(200);
  expect(reply.headers.get('cache-control')).toMatch(/^public, max-age=\d+$/);
  const etag = reply.headers.get('etag') as string;
  expect(etag).toBeTruthy();
  // Without this Cache-Control header, fetch bypasses all caches.
  const ask = (tag: string) => send('GET', path, { headers: { 'if-none-match': tag, 'cache-control': 'max-age=0' } });
  expect((await ask(etag)).status).toBe(304);
  expect((await ask('"other"')).status).toBe(200);
});

it.each(['', '/api'])('the API answers with %j before its paths on its own address', async (prefix) => {
  const response = await fetch(`${EMULATED_API_URL}${prefix}/health`);
  expect(response.status).toBe(200);
});

it('the API answers behind Hosting', async () => {
  const response = await fetch(`${HOSTING_URL}/api/billing/pricing`);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ pricing: { follow: 3 } });
});

it('only allowed origins may read answers', async () => {
  const allowed = await send('GET', '/billing/pricing', { headers: { origin: HOSTING_URL } });
  expect(allowed.headers.get('access-control-allow-origin')).toBe(HOSTING_URL);
  for (const origin of ['https://evil.example', `${HOSTING_URL}.evil.example`, 'null']) {
    const refused = await send('GET', '/billing/pricing', { headers: { origin } });
    expect(refused.headers.has('access-control-allow-origin')).toBe(false);
  }
  const preflight = await fetch(`${EMULATED_API_URL}/billing/charges`, {
    method: 'OPTIONS',
    headers: {
      origin: HOSTING_URL,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,idempotency-key,content-type',
    },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-headers')).toContain('idempotency-key');
});

describe('the passthrough catalog', () => {
  let instance: Framework;
  let stored: FirebaseFirestore.DocumentData | undefined;
  const current = () => database().doc('catalog/current');

  beforeAll(async () => {
    stored = (await current().get()).data();
    await current().delete();
    instance = await startFramework('api', { CATALOG: 'passthrough' });
  });
  afterAll(async () => {
    await instance.stop();
    if (stored) await current().set(stored);
  });

  it('sells 100,000 credits per dollar of the price less 5 %', async () => {
    const { data } = await send('GET', '/billing/packs', {}, instance.url);
    expect(data.map((pack: { credits: number }) => pack.credits)).toEqual([
      949_050, 2_374_050, 4_749_050, 9_499_050, 18_999_050,
    ]);
    expect(data[0]).toMatchObject({ name: 'API Starter', note: '5% fee applied', prices: [{ formatted: '$9.99' }] });
  });
});
