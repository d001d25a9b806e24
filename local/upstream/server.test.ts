import { orderOf, TestUpstream } from './testing.ts';

let upstream: TestUpstream;
beforeEach(async () => {
  upstream = await TestUpstream.start();
});
afterEach(() => upstream.stop());

/** Returns the error in an answer. */
const errorOf = async (reply: Response) => ((await reply.json()) as { error: { code: string; message: string } }).error;

const effectsOf = async (id: string) => {
  const { json } = await upstream.control('GET', 'deliveries');
  return json.deliveries.find((delivery: { id: string }) => delivery.id === id)?.effects ?? 0;
};

describe('a delivery', () => {
  it('is made once, however often it is requested, and can be read', async () => {
    const first = await upstream.deliver(orderOf('dlv_1'));
    expect(first.status).toBe(201);
    const state = await first.json();
    expect(state).toMatchObject({ id: 'dlv_1', status: 'delivered', result: { recipient: 'ada' } });
    expect(await (await upstream.deliver(orderOf('dlv_1'))).json()).toEqual(state);
    expect(await (await upstream.find('dlv_1')).json()).toEqual(state);
    expect(await effectsOf('dlv_1')).toBe(1);
  });

  it.each([
    [{ recipient: 'unknown-42' }, 'RECIPIENT_UNKNOWN'],
    [{ operation: 'login', recipient: null, payload: { password: 'wrong' } }, 'CREDENTIALS_REJECTED'],
    [{ expiresAt: '2020-01-01T00:00:00.000Z' }, 'DELIVERY_EXPIRED'],
  ])('with %j is refused for good', async (more, code) => {
    const reply = await upstream.deliver(orderOf('dlv_1', more));
    expect(reply.status).toBe(422);
    expect(await reply.json()).toMatchObject({ status: 'failed', error: { code } });
    expect(await (await upstream.deliver(orderOf('dlv_1'))).json()).toMatchObject({ error: { code } });
    expect(await effectsOf('dlv_1')).toBe(0);
  });

  it('that was never requested is a 404 with its own code', async () => {
    const reply = await upstream.find('dlv_1');
    expect([reply.status, (await errorOf(reply)).code]).toEqual([404, 'DELIVERY_UNKNOWN']);
  });

  it.each([
    [{ operation: undefined }, 'operation'],
    [{ recipient: 5 }, 'recipient'],
    [{ payload: 'x' }, 'payload'],
    [{ livemode: 'yes' }, 'livemode'],
    [{ expiresAt: 'soon' }, 'expiresAt'],
  ])('with %j is a 400 that names it', async (more, field) => {
    const reply = await upstream.deliver(orderOf('dlv_1', more));
    expect(reply.status).toBe(400);
    expect((await errorOf(reply)).message).toContain(field);
  });

  it('never shows its payload', async () => {
    await upstream.deliver(orderOf('dlv_1', { payload: { password: 'hidden' } }));
    expect(JSON.stringify((await upstream.control('GET', 'deliveries')).json)).not.toContain('hidden');
  });
});

describe('a signature', () => {
  const body = JSON.stringify(orderOf('dlv_1'));
  it.each([
    ['is missing', () => ''],
    ['is nonsense', () => 't=1,v1=nonsense'],
    ['is of another secret', () => upstream.signature('POST', '/deliveries', body, 0, 'other')],
    ['is of another body', () => upstream.signature('POST', '/deliveries', '{}')],
    ['is of another method', () => upstream.signature('GET', '/deliveries', body)],
    ['is of another path', () => upstream.signature('POST', '/elsewhere', body)],
    ['is too old', () => upstream.signature('POST', '/deliveries', body, 301)],
    ['is of the future', () => upstream.signature('POST', '/deliveries', body, -301)],
  ])('that %s is refused, without an effect', async (_name, header) => {
    const reply = await upstream.deliver(JSON.parse(body), { header: header() });
    expect([reply.status, (await errorOf(reply)).code]).toEqual([401, 'SIGNATURE_INVALID']);
    expect(await effectsOf('dlv_1')).toBe(0);
  });

  it('is enough if one of several is valid', async () => {
    const order = orderOf('dlv_1');
    const signed = JSON.stringify(order);
    const [time, own] = upstream.signature('POST', '/deliveries', signed).split(',');
    const header = `${time},v1=${'0'.repeat(64)},${own}`;
    expect((await upstream.deliver(order, { header })).status).toBe(201);
  });
});

describe('faults', () => {
  const fault = (fields: Record<string, unknown>) => upstream.control('POST', 'faults', fields);

  it.each([
    ['400', 400, 0],
    ['429', 429, 0],
    ['500', 500, 0],
    ['500AfterEffect', 500, 1],
    ['malformed', 200, 0],
    ['malformedAfterEffect', 200, 1],
    ['redirect', 307, 0],
    ['pending', 202, 0],
  ])('%s answers %i with %i effects, as often as asked', async (mode, status, effects) => {
    await fault({ mode, times: 2 });
    expect((await upstream.deliver(orderOf('dlv_1'))).status).toBe(status);
    expect((await upstream.deliver(orderOf('dlv_2'))).status).toBe(status);
    expect([await effectsOf('dlv_1'), await effectsOf('dlv_2')]).toEqual([effects, effects]);
    expect((await upstream.deliver(orderOf('dlv_3'))).status).toBe(201);
  });

  it.each([
    ['down', 0],
    ['crashAfterEffect', 1],
  ])('%s breaks the connection with %i effects', async (mode, effects) => {
    await fault({ mode });
    await expect(upstream.deliver(orderOf('dlv_1'))).rejects.toThrow('fetch failed');
    expect(await effectsOf('dlv_1')).toBe(effects);
  });

  it.each([
    ['timeout', 0],
    ['timeoutAfterEffect', 1],
  ])('%s leaves the caller waiting with %i effects', async (mode, effects) => {
    await fault({ mode });
    const waiting = new AbortController();
    const answer = upstream.deliver(orderOf('dlv_1'), { signal: waiting.signal });
    while ((await upstream.control('GET', 'faults')).json.faults.length > 0);
    expect(await effectsOf('dlv_1')).toBe(effects);
    waiting.abort(new Error('gave up'));
    await expect(answer).rejects.toThrow('gave up');
  });

  it('huge sends a larger answer than the backend reads', async () => {
    await fault({ mode: 'huge' });
    expect((await (await upstream.deliver(orderOf('dlv_1'))).text()).length).toBeGreaterThan(8_000_000);
  });

  it('hit only the requests and recipients that they name', async () => {
    await fault({ mode: '500', on: 'find', times: 1 });
    await fault({ mode: '400', recipient: 'bob' });
    expect((await upstream.deliver(orderOf('dlv_1'))).status).toBe(201);
    expect((await upstream.find('dlv_1')).status).toBe(500);
    expect((await upstream.find('dlv_1')).status).toBe(200);
    expect((await upstream.deliver(orderOf('dlv_2', { recipient: 'bob' }))).status).toBe(400);
  });

  it('end when they are cleared', async () => {
    await fault({ mode: '500', times: 1_000 });
    await fault({ clear: true });
    expect((await upstream.deliver(orderOf('dlv_1'))).status).toBe(201);
  });

  it.each([
    [{ mode: 'fire' }, 'mode'],
    [{}, 'mode'],
    [{ mode: '500', on: 'everything' }, 'on'],
    [{ mode: '500', times: 0 }, 'times'],
    [{ mode: '500', times: 1.5 }, 'times'],
    [{ mode: '500', recipient: 7 }, 'recipient'],
    [{ mode: '500', surprise: 1 }, 'surprise'],
  ])('%j is a 400 that names %s', async (fields, field) => {
    const { status, json } = await fault(fields);
    expect([status, json.error.message.includes(field)]).toEqual([400, true]);
  });
});

it('a pending delivery is made once, by a control request', async () => {
  await upstream.control('POST', 'faults', { mode: 'pending' });
  await upstream.deliver(orderOf('dlv_1'));
  expect(await (await upstream.find('dlv_1')).json()).toEqual({ id: 'dlv_1', status: 'pending' });
  expect((await upstream.control('POST', 'deliveries/dlv_1/complete')).json.status).toBe('delivered');
  await upstream.control('POST', 'deliveries/dlv_1/complete');
  expect(await (await upstream.find('dlv_1')).json()).toMatchObject({ status: 'delivered' });
  expect(await effectsOf('dlv_1')).toBe(1);
  expect((await upstream.control('POST', 'deliveries/dlv_2/complete')).status).toBe(404);
});

it('a reset forgets everything', async () => {
  await upstream.deliver(orderOf('dlv_1'));
  await upstream.control('POST', 'reset');
  expect((await upstream.find('dlv_1')).status).toBe(404);
});

it('reports its health, and refuses unknown paths', async () => {
  expect(await upstream.control('GET', 'health')).toEqual({ status: 200, json: { ok: true } });
  expect((await upstream.control('GET', 'nothing')).status).toBe(404);
});

it('a control request without the token is refused and has no effect', async () => {
  await upstream.deliver(orderOf('dlv_kept'));
  for (const headers of [{}, { 'x-suite-token': 'another' }] as Record<string, string>[]) {
    expect((await upstream.control('POST', 'reset', {}, headers)).status).toBe(401);
  }
  expect(await effectsOf('dlv_kept')).toBe(1);
});
