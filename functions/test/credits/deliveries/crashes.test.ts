import { randomUUID } from 'node:crypto';
import { IdempotencyKey } from '@cloud-bridge/base';
import { freePort } from '../../../bench/support/freePort.ts';
import { makeDelivery } from '../../../src/credits/deliveries/makeDelivery.ts';
import { settleOpenDeliveries } from '../../../src/credits/deliveries/settleOpenDeliveries.ts';
import { HttpUpstream } from '../../../src/credits/deliveries/upstream/httpUpstream.ts';
import type { Parts } from '../../../src/main/compose.ts';
import { SCOPES } from '../../../src/platform/http/caller.ts';
import { Crash, crash, withMethod } from '../../support/crash.ts';
import { suiteDeps } from '../../support/functionsTest.ts';
import { auditWallet, readLedger } from '../../support/ledger.ts';
import { takeLogged } from '../../support/logged.ts';
import { type Key, type Person, personWithCredits } from '../../support/people.ts';
import { database } from '../../support/suite.ts';
import { atUpstream } from '../../support/upstreamControl.ts';

let person: Person;
let key: Key;
let deps: Parts;
let idempotencyKey: string;
beforeEach(async () => {
  ({ person, key } = await personWithCredits(100));
  deps = suiteDeps();
  idempotencyKey = randomUUID();
});

/** Runs the use case as the route does. */
function share(using: Parts, integrationId: string | null = null) {
  const { accountId } = person;
  const identity = { accountId, keyId: key.id, scopes: SCOPES, walletId: 'main', integrationId };
  const caller = { kind: 'key', ...identity } as const;
  const request = { operation: 'presetShare', recipient: 'ada', payload: {} } as const;
  return makeDelivery(using, caller, request, { key: new IdempotencyKey(idempotencyKey), requestHash: 'hash' });
}

/** What happens to an open delivery when some minutes have passed. */
async function sweepLater(using = deps): Promise<void> {
  const later = () => new Date(Date.now() + 5 * 60_000).toISOString();
  await settleOpenDeliveries({ ...using, clock: later });
}

async function onlyDelivery() {
  const snapshot = await database().collection(`accounts/${person.accountId}/deliveries`).get();
  expect(snapshot.docs).toHaveLength(1);
  return snapshot.docs[0]?.data();
}

const kinds = async () => (await readLedger(person.accountId)).slice(1).map(({ kind }) => kind);

it('a crash between the upstream’s success and the capture is captured by the sweeper, once', async () => {
  const { wallets } = deps;
  const submit = (address: never, command: { type: string }) =>
    command.type === 'capture' ? crash() : wallets.submit(address, command as never);
  const { data: shop } = await person.send('POST', '/account/integrations', { body: { name: 'Shop' } });
  const crashing = { ...deps, wallets: withMethod(wallets, 'submit', submit as never) };
  await expect(share(crashing, shop.id)).rejects.toThrow(Crash);
  expect(await kinds()).toEqual(['hold']);
  await Promise.all([sweepLater(), sweepLater(suiteDeps())]);
  await sweepLater();
  expect(await onlyDelivery()).toMatchObject({ status: 'delivered', spentCredits: 10, nextCheckAt: null });
  expect(await kinds()).toEqual(['hold', 'capture']);
  expect((await auditWallet(person.accountId)).availableCredits).toBe(90);
  const { delivery, replayed } = await share(deps);
  expect([delivery.status, replayed]).toEqual(['delivered', true]);
  expect(await atUpstream(delivery.id)).toMatchObject({ requests: 1, effects: 1 });
  const { statistics } = (await person.send('GET', `/account/integrations/${shop.id}`)).expect(200).data;
  expect(statistics).toMatchObject({ deliveryCount: 1, deliveredCount: 1, spentCredits: 10 });
});

it('a crash between the capture and its record leaves nothing to pay twice', async () => {
  const deliveries = withMethod(deps.deliveries, 'updateIn', () => {
    throw new Crash('the process is gone');
  });
  await expect(share({ ...deps, deliveries })).rejects.toThrow(Crash);
  expect(await kinds()).toEqual(['hold', 'capture']);
  await sweepLater();
  expect(await onlyDelivery()).toMatchObject({ status: 'delivered', spentCredits: 10 });
  expect(await kinds()).toEqual(['hold', 'capture']);
  expect((await auditWallet(person.accountId)).availableCredits).toBe(90);
});

it('a crash before the upstream was asked is given back by the sweeper', async () => {
  const upstream = deps.upstream && withMethod(deps.upstream, 'deliver', crash);
  await expect(share({ ...deps, upstream })).rejects.toThrow(Crash);
  await sweepLater();
  expect(await onlyDelivery()).toMatchObject({ status: 'failed', spentCredits: 0 });
  expect(await kinds()).toEqual(['hold', 'release']);
  expect((await auditWallet(person.accountId)).availableCredits).toBe(100);
});

it('a crash between the hold and its record is taken up by a repetition, with the same hold', async () => {
  const deliveries = withMethod(deps.deliveries, 'createOrFind', crash);
  await expect(share({ ...deps, deliveries })).rejects.toThrow(Crash);
  expect((await share(deps)).delivery).toMatchObject({ status: 'delivered', spentCredits: 10 });
  expect(await kinds()).toEqual(['hold', 'capture']);
  await auditWallet(person.accountId);
});

it('a repetition after the hold of a crashed request has lapsed holds anew, and never delivers unpaid', async () => {
  const deliveries = withMethod(deps.deliveries, 'createOrFind', crash);
  const earlier = new Date(Date.now() - 2 * 60 * 60 * 1000).toISOString();
  // The wallet's own time never runs backwards, so the hold is given its deadline in the past afterwards.
  await expect(share({ ...deps, deliveries })).rejects.toThrow(Crash);
  const [, hold] = await readLedger(person.accountId);
  const entry = database().doc(`accounts/${person.accountId}/wallets/main/entries/${hold?.id}`);
  const deadlines = { 'charge.holdExpiresAt': earlier, 'charge.firstHoldExpiresAt': earlier };
  await entry.update({ ...deadlines, openHoldExpiresAt: earlier });
  const fresh = suiteDeps();
  expect((await share(fresh)).delivery).toMatchObject({ status: 'delivered', spentCredits: 10 });
  expect((await kinds()).filter((kind) => kind === 'capture')).toHaveLength(1);
  expect(await person.credits()).toMatchObject({ availableCredits: 90, heldCredits: 0 });
});

it('a request that finds the delivery of a rival only after it has asked for the hold holds nothing more', async () => {
  const first = await share(deps);
  let blindLooks = 1;
  const find = (accountId: string, id: string) => {
    blindLooks -= 1;
    return blindLooks === 0 ? null : deps.deliveries.find(accountId, id);
  };
  const late = await share({ ...suiteDeps(), deliveries: withMethod(deps.deliveries, 'find', find) });
  expect([late.replayed, late.delivery.id]).toEqual([true, first.delivery.id]);
  expect(await kinds()).toEqual(['hold', 'capture']);
  expect((await auditWallet(person.accountId)).availableCredits).toBe(90);
});

it('a delivery whose hold was lost in an outage of the sweeper is not charged behind it', async () => {
  const { wallets } = deps;
  const submit = (address: never, command: { type: string }) =>
    command.type === 'capture' ? crash() : wallets.submit(address, command as never);
  await expect(share({ ...deps, wallets: withMethod(wallets, 'submit', submit as never) })).rejects.toThrow(Crash);
  const tomorrow = () => new Date(Date.now() + 24 * 60 * 60 * 1000).toISOString();
  await settleOpenDeliveries({ ...suiteDeps(), clock: tomorrow });
  const { id, ...delivery } = (await onlyDelivery()) ?? {};
  expect(delivery).toMatchObject({ status: 'delivered', spentCredits: 0 });
  expect(takeLogged('delivery ended without its hold')).toEqual([
    { accountId: person.accountId, deliveryId: id, status: 'delivered' },
  ]);
  expect(await kinds()).toEqual(['hold', 'hold_expiry']);
  expect((await auditWallet(person.accountId)).availableCredits).toBe(100);
});

it('an upstream that nobody listens at is a failure at once, given back', async () => {
  const upstream = new HttpUpstream(`http://127.0.0.1:${await freePort()}`, () => ['secret']);
  const { delivery } = await share({ ...deps, upstream });
  expect(delivery).toMatchObject({
    status: 'failed',
    error: { code: 'DELIVERY_FAILED', upstream: { code: 'ECONNREFUSED' } },
    attempts: [{ outcome: 'notSent' }, { outcome: 'notSent' }, { outcome: 'notSent' }],
  });
  expect((await auditWallet(person.accountId)).availableCredits).toBe(100);
});

it('an upstream with another secret is a failure of ours, and nothing is spent', async () => {
  const upstream = new HttpUpstream('http://127.0.0.1:12112', () => ['another secret']);
  const { delivery } = await share({ ...deps, upstream });
  expect(delivery).toMatchObject({ status: 'failed', error: { upstream: { code: 'SIGNATURE_INVALID' } } });
  expect((await auditWallet(person.accountId)).availableCredits).toBe(100);
});

it('while secrets are rotated, one that the upstream knows is enough', async () => {
  const upstream = new HttpUpstream('http://127.0.0.1:12112', () => ['new secret', 'dus_local_cloud_bridge']);
  expect((await share({ ...deps, upstream })).delivery.status).toBe('delivered');
});

it('a request that outlives its time finds that its credits were given back, and takes none', async () => {
  const { upstream } = deps;
  const late = async (...args: never[]) => {
    await sweepLater(suiteDeps());
    return upstream?.deliver(...(args as unknown as Parameters<NonNullable<typeof upstream>['deliver']>));
  };
  const { delivery } = await share({ ...deps, upstream: upstream && withMethod(upstream, 'deliver', late) });
  expect(delivery).toMatchObject({ status: 'failed', spentCredits: 0 });
  expect(takeLogged('delivery had another end before')).toEqual([
    { accountId: person.accountId, deliveryId: delivery.id, status: 'delivered' },
  ]);
  expect(await kinds()).toEqual(['hold', 'release']);
  expect((await auditWallet(person.accountId)).availableCredits).toBe(100);
});

it('a request that is repeated while the first is at work is told so, and does nothing', async () => {
  const upstream = deps.upstream && withMethod(deps.upstream, 'deliver', crash);
  await expect(share({ ...deps, upstream })).rejects.toThrow(Crash);
  const { delivery } = await share(deps);
  expect(delivery.status).toBe('pending');
  expect(await atUpstream(delivery.id)).toBeUndefined();
});
