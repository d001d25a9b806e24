import { randomUUID } from 'node:crypto';
import { IdempotencyKey } from '@cloud-bridge/base';
import { makeDelivery } from '../../../src/credits/deliveries/makeDelivery.ts';
import { settleOpenDeliveries } from '../../../src/credits/deliveries/settleOpenDeliveries.ts';
import type { Parts } from '../../../src/main/compose.ts';
import { SCOPES } from '../../../src/platform/http/caller.ts';
import { crash, withMethod } from '../../support/crash.ts';
import { suiteDeps } from '../../support/functionsTest.ts';
import { auditWallet } from '../../support/ledger.ts';
import { type Key, type Person, personWithCredits } from '../../support/people.ts';
import { silentLogger } from '../../support/silentLogger.ts';
import { database } from '../../support/suite.ts';
import { keptAtUpstream, resetUpstream, upstreamFault } from '../../support/upstreamControl.ts';

/** What can happen to one request; the other ways to fail look the same from here. */
const FAULTS = ['500', '500AfterEffect', 'down', 'crashAfterEffect', 'timeout', 'timeoutAfterEffect'] as const;
/** What else happens: nothing, the upstream can't be asked, or our process ends before it settles the hold. */
const TROUBLES = ['none', 'notToBeAsked', 'processEnds'] as const;
const MAX_TRIES = 3;
const AT_ONCE = 200;
const PRICE = 3;

/** Every row of up to three failing requests. */
function rows(length = MAX_TRIES): (typeof FAULTS)[number][][] {
  if (length === 0) return [[]];
  return [[], ...FAULTS.flatMap((fault) => rows(length - 1).map((rest) => [fault, ...rest]))];
}

const cases = rows().flatMap((faults) => TROUBLES.map((trouble) => ({ faults, trouble })));

let person: Person;
let key: Key;
let shopId: string;
beforeAll(async () => {
  ({ person, key } = await personWithCredits(cases.length * PRICE));
  shopId = (await person.send('POST', '/account/integrations', { body: { name: 'Shop' } })).expect(201).data.id;
});
afterAll(resetUpstream);

async function deliver(deps: Parts, { faults, trouble }: (typeof cases)[number]): Promise<void> {
  const recipient = `ada-${randomUUID()}`;
  for (const mode of faults) await upstreamFault({ mode, recipient });
  const { wallets, upstream } = deps;
  const submit = (address: never, command: { type: string }) =>
    command.type === 'charge' ? wallets.submit(address, command as never) : crash();
  const using = {
    ...deps,
    ...(trouble === 'processEnds' && { wallets: withMethod(wallets, 'submit', submit as never) }),
    ...(trouble === 'notToBeAsked' && {
      upstream: upstream && withMethod(upstream, 'find', async () => ({ answer: { type: 'cutOff' } })),
    }),
  };
  const identity = { accountId: person.accountId, keyId: key.id, scopes: SCOPES, walletId: 'main' };
  const caller = { kind: 'key', ...identity, integrationId: shopId } as const;
  const request = { operation: 'follow', recipient, payload: {} } as const;
  await makeDelivery(using, caller, request, { key: new IdempotencyKey(randomUUID()), requestHash: 'hash' }).catch(
    () => {},
  );
}

async function deliveries() {
  const snapshot = await database().collection(`accounts/${person.accountId}/deliveries`).get();
  return snapshot.docs.map((document) => document.data());
}

it('whatever fails, in any order: what the upstream made is paid, nothing else, and nothing is held', async () => {
  const deps = { ...suiteDeps(), logger: silentLogger };
  for (let start = 0; start < cases.length; start += AT_ONCE) {
    await Promise.all(cases.slice(start, start + AT_ONCE).map((each) => deliver(deps, each)));
  }
  expect(await deliveries()).toHaveLength(cases.length);
  await resetUpstream();
  const later = () => new Date(Date.now() + 5 * 60_000).toISOString();
  await settleOpenDeliveries({ ...deps, clock: later });
  const made = new Map((await keptAtUpstream()).map(({ id, effects }) => [id, effects]));
  let delivered = 0;
  for (const { id, status, spentCredits, nextCheckAt } of await deliveries()) {
    const effects = made.get(id) ?? 0;
    expect({ id, effects, status, spentCredits, nextCheckAt }).toEqual({
      id,
      effects,
      status: effects === 1 ? 'delivered' : 'failed',
      spentCredits: effects === 1 ? PRICE : 0,
      nextCheckAt: null,
    });
    delivered += effects;
  }
  expect(delivered).toBeGreaterThan(cases.length / 2);
  expect(delivered).toBeLessThan(cases.length);
  const wallet = await auditWallet(person.accountId);
  expect(wallet).toMatchObject({ heldCredits: 0, totals: { consumedCredits: delivered * PRICE } });
  const { statistics } = (await person.send('GET', `/account/integrations/${shopId}`)).expect(200).data;
  expect(statistics).toMatchObject({
    deliveryCount: cases.length,
    deliveredCount: delivered,
    spentCredits: delivered * PRICE,
  });
});
