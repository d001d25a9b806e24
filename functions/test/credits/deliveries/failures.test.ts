import { randomUUID } from 'node:crypto';
import { startFramework } from '../../support/framework.ts';
import { runScheduled } from '../../support/functionsTest.ts';
import { auditWallet, readLedger } from '../../support/ledger.ts';
import { type Key, type Person, personWithCredits } from '../../support/people.ts';
import { database } from '../../support/suite.ts';
import { atUpstream, completeAtUpstream, resetUpstream, upstreamFault } from '../../support/upstreamControl.ts';

let person: Person;
let key: Key;
let recipient: string;
beforeEach(async () => {
  ({ person, key } = await personWithCredits(100));
  recipient = `ada-${randomUUID()}`;
});
afterEach(resetUpstream);

const share = (idempotencyKey?: string) =>
  key.send('POST', '/account/deliveries', { body: { operation: 'presetShare', recipient }, idempotencyKey });
const fault = (mode: string, times = 1, on = 'deliver') => upstreamFault({ mode, times, on, recipient });
const newest = async () => (await person.send('GET', '/account/deliveries?limit=1')).expect(200).data[0];
const get = async (id: string) => (await person.send('GET', `/account/deliveries/${id}`)).expect(200).data;
const kinds = async () => (await readLedger(person.accountId)).slice(1).map(({ kind }) => kind);

/** Nothing was spent, nothing is held, and the ledger says so. */
async function nothingSpent(): Promise<void> {
  expect(await auditWallet(person.accountId)).toMatchObject({ availableCredits: 100, heldCredits: 0 });
}

/** Ten credits were spent, once. */
async function spentOnce(): Promise<void> {
  expect(await auditWallet(person.accountId)).toMatchObject({ availableCredits: 90, heldCredits: 0 });
  expect(await kinds()).toEqual(['hold', 'capture']);
}

/** Lets time pass for an open delivery: the request for it is long over, and it is time to ask. */
async function letTimePass(id: string, fields: Record<string, unknown> = {}): Promise<void> {
  const past = new Date(Date.now() - 60_000).toISOString();
  await database()
    .doc(`accounts/${person.accountId}/deliveries/${id}`)
    .update({ expiresAt: past, nextCheckAt: past, ...fields });
}

describe('a delivery that the upstream did not make is given back, logged, and told', () => {
  it.each([
    ['400', 422, 'DELIVERY_REFUSED', 'BAD_REQUEST', 'refused', 1],
    ['429', 502, 'DELIVERY_FAILED', 'TOO_MANY_REQUESTS', 'throttled', 3],
    ['500', 502, 'DELIVERY_FAILED', 'SERVER_ERROR', 'brokenAnswer', 3],
    ['malformed', 502, 'DELIVERY_FAILED', 'MALFORMED_ANSWER', 'brokenAnswer', 3],
    ['huge', 502, 'DELIVERY_FAILED', 'MALFORMED_ANSWER', 'brokenAnswer', 3],
    ['redirect', 502, 'DELIVERY_FAILED', 'REDIRECT_REFUSED', 'brokenAnswer', 3],
    // How often there is time to wait in vain depends on how fast everything else goes.
    ['timeout', 504, 'DELIVERY_TIMED_OUT', 'TIMED_OUT', 'timedOut', null],
  ])('%s: %i %s', async (mode, status, code, upstreamCode, outcome, tries) => {
    await fault(mode, 3);
    const reply = (await share()).expectError(status, code);
    const logged = await newest();
    expect(reply.json.error.details).toMatchObject({ deliveryId: logged.id, upstream: { code: upstreamCode } });
    expect(logged).toMatchObject({
      status: status === 422 ? 'refused' : 'failed',
      amountCredits: 10,
      costCredits: 0,
      error: { code, upstream: { code: upstreamCode } },
    });
    expect(logged.attempts).toHaveLength(tries ?? logged.attempts.length);
    expect(logged.attempts.length).toBeGreaterThan(0);
    for (const attempt of logged.attempts) expect(attempt).toMatchObject({ outcome, latencyMs: expect.any(Number) });
    expect(logged.latencyMs).toBeGreaterThanOrEqual(0);
    expect(await kinds()).toEqual(['hold', 'release']);
    await nothingSpent();
    expect(await atUpstream(logged.id)).toBeUndefined();
  });

  it('because there is no such recipient', async () => {
    recipient = `unknown-${randomUUID()}`;
    const { error } = (await share()).expectError(422, 'DELIVERY_REFUSED').json;
    expect(error.details.upstream.code).toBe('RECIPIENT_UNKNOWN');
    await nothingSpent();
  });
});

describe('a delivery that the upstream made is paid once', () => {
  it.each(['500', '429', 'malformed', 'down', 'timeout', '500AfterEffect', 'malformedAfterEffect'])(
    'after a first %s',
    async (mode) => {
      await fault(mode);
      const { data } = (await share()).expect(201);
      expect(data).toMatchObject({ status: 'delivered', attempts: [{}, { outcome: 'delivered' }] });
      expect(await atUpstream(data.id)).toMatchObject({ effects: 1 });
      await spentOnce();
    },
  );

  it.each(['500AfterEffect', 'malformedAfterEffect', 'crashAfterEffect', 'timeoutAfterEffect'])(
    'though every answer was lost: %s',
    async (mode) => {
      await fault(mode, 3);
      const { data } = (await share()).expect(201);
      expect(data.attempts.map(({ outcome }: { outcome: string }) => outcome)).not.toContain('delivered');
      expect(await atUpstream(data.id)).toMatchObject({ requests: data.attempts.length, effects: 1 });
      await spentOnce();
    },
  );
});

describe('a delivery of which nobody knows what became of it', () => {
  /** The upstream made it, broke down, and can't be asked. */
  async function unconfirmed(mode = 'crashAfterEffect'): Promise<string> {
    await fault(mode, 3);
    await upstreamFault({ mode: 'down', on: 'find' });
    const reply = (await share()).expectError(504, 'DELIVERY_UNCONFIRMED');
    expect(reply.json.error.details).toMatchObject({ heldCredits: 10 });
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
    return reply.json.error.details.deliveryId;
  }

  it('keeps its credits held, and is captured once by whoever asks', async () => {
    const id = await unconfirmed();
    expect(await person.credits()).toMatchObject({ availableCredits: 90, heldCredits: 10 });
    expect((await person.send('GET', '/account/deliveries?status=unconfirmed')).data).toMatchObject([{ id }]);
    await letTimePass(id);
    await Promise.all([get(id), get(id), runScheduled('settleDeliveries')]);
    expect(await get(id)).toMatchObject({ status: 'delivered', costCredits: 10, result: { recipient } });
    expect(await atUpstream(id)).toMatchObject({ effects: 1 });
    await spentOnce();
  });

  it('is given back when the upstream says that it never began it', async () => {
    await fault('down', 3);
    const id = (await share()).expectError(504, 'DELIVERY_UNCONFIRMED').json.error.details.deliveryId;
    expect((await person.credits()).heldCredits).toBe(10);
    await letTimePass(id);
    await runScheduled('settleDeliveries');
    expect(await get(id)).toMatchObject({ status: 'failed', costCredits: 0, error: { code: 'DELIVERY_FAILED' } });
    await nothingSpent();
  });

  it('stays held while the upstream cannot say, and the hold is extended before it ends', async () => {
    const id = await unconfirmed();
    const soon = new Date(Date.now() + 60_000).toISOString();
    await letTimePass(id, { holdExpiresAt: soon });
    await upstreamFault({ mode: 'down', on: 'find' });
    await runScheduled('settleDeliveries');
    expect(await get(id)).toMatchObject({ status: 'unconfirmed' });
    expect(await kinds()).toEqual(['hold', 'hold_extension']);
    expect(await person.credits()).toMatchObject({ availableCredits: 90, heldCredits: 10 });
    await letTimePass(id);
    await runScheduled('settleDeliveries');
    expect(await kinds()).toEqual(['hold', 'hold_extension', 'capture']);
    expect((await auditWallet(person.accountId)).availableCredits).toBe(90);
  });

  it('is given back after three days in which nobody could say', async () => {
    const id = await unconfirmed();
    const longAgo = new Date(Date.now() - 3 * 24 * 60 * 60 * 1000 - 1).toISOString();
    await letTimePass(id, { createdAt: longAgo });
    await upstreamFault({ mode: 'down', on: 'find' });
    expect(await runScheduled('settleDeliveries')).toContainEqual({
      message: 'delivery was never confirmed',
      accountId: person.accountId,
      deliveryId: id,
    });
    expect(await get(id)).toMatchObject({ status: 'failed', costCredits: 0 });
    await nothingSpent();
  });

  it('cannot be captured or released by its own customer', async () => {
    const id = await unconfirmed();
    const { chargeId } = await get(id);
    for (const caller of [person, key]) {
      for (const action of ['release', 'capture', 'extend']) {
        const body = { release: {}, capture: { amountCredits: 0 }, extend: { holdSeconds: 60 } }[action] ?? {};
        const reply = await caller.send('POST', `/billing/charges/${chargeId}/${action}`, { body });
        reply.expectError(409, 'CHARGE_OF_DELIVERY');
      }
    }
    await letTimePass(id);
    expect(await get(id)).toMatchObject({ status: 'delivered', costCredits: 10 });
    await spentOnce();
  });

  it('because it was accepted for later is paid when it is made', async () => {
    await fault('pending');
    const id = (await share()).expectError(504, 'DELIVERY_UNCONFIRMED').json.error.details.deliveryId;
    await letTimePass(id);
    expect(await get(id)).toMatchObject({ status: 'unconfirmed' });
    await completeAtUpstream(id);
    await letTimePass(id);
    expect(await get(id)).toMatchObject({ status: 'delivered', costCredits: 10 });
    await spentOnce();
  });

  it('is told as it is to a repetition of the request', async () => {
    const idempotencyKey = randomUUID();
    await fault('crashAfterEffect', 3);
    await upstreamFault({ mode: 'down', on: 'find' });
    const { details } = (await share(idempotencyKey)).expectError(504, 'DELIVERY_UNCONFIRMED').json.error;
    (await share(idempotencyKey)).expectError(504, 'DELIVERY_UNCONFIRMED');
    await letTimePass(details.deliveryId);
    const again = (await share(idempotencyKey)).expect(201);
    expect(again.data).toMatchObject({ id: details.deliveryId, status: 'delivered' });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(await atUpstream(details.deliveryId)).toMatchObject({ requests: 3, effects: 1 });
    await spentOnce();
  });
});

it('a free delivery that fails costs nothing and leaves no line in the ledger', async () => {
  await upstreamFault({ mode: '500', times: 3 });
  const reply = await key.send('POST', '/account/deliveries', { body: { operation: 'login' } });
  reply.expectError(502, 'DELIVERY_FAILED');
  expect(await kinds()).toEqual([]);
});

it('without an upstream the answer says so, and nothing is held', async () => {
  const api = await startFramework('api', { DELIVERY_UPSTREAM_URL: '' });
  try {
    const response = await fetch(`${api.url}/account/deliveries`, {
      method: 'POST',
      headers: { 'x-api-key': key.secret, 'content-type': 'application/json' },
      body: JSON.stringify({ operation: 'presetShare', recipient }),
    });
    const { error } = (await response.json()) as { error: { code: string } };
    expect([response.status, error.code]).toEqual([409, 'DELIVERIES_NOT_CONFIGURED']);
  } finally {
    await api.stop();
  }
  expect(await kinds()).toEqual([]);
});
