import { setTimeout } from 'node:timers/promises';
import { send } from '../../support/apiClient.ts';
import { FaultProxy } from '../../support/faultProxy.ts';
import { type Framework, startFramework } from '../../support/framework.ts';
import { auditWallet, readLedger } from '../../support/ledger.ts';
import { type Key, type Person, personWithCredits } from '../../support/people.ts';

// The functions emulator gives each concurrent request a process of its own; the framework gives all of them to one.
// The ledger has to be right both ways, and both at once.
let instances: Framework[];
let person: Person;
let key: Key;

beforeAll(async () => {
  instances = await Promise.all([startFramework('api'), startFramework('api')]);
});
afterAll(() => Promise.all(instances.map((instance) => instance.stop())));
beforeEach(async () => {
  ({ person, key } = await personWithCredits(300));
});

/** A charge by one of the instances. */
function chargeAt(index: number, body: object, idempotencyKey?: string) {
  const headers = { 'x-api-key': key.secret };
  return send('POST', '/billing/charges', { headers, body, idempotencyKey }, instances[index % instances.length]?.url);
}

it('a hundred requests at once with one Idempotency-Key have one effect and get equal answers', async () => {
  const replies = await Promise.all(
    Array.from({ length: 100 }, (_, index) => chargeAt(index, { operation: 'presetShare' }, 'the one')),
  );
  expect(new Set(replies.map((reply) => reply.expect(201).text)).size).toBe(1);
  expect(replies.filter((reply) => !reply.headers.has('idempotent-replayed'))).toHaveLength(1);
  expect(await auditWallet(person.accountId)).toMatchObject({ availableCredits: 290, sequence: 2 });
});

it('a hundred charges at once spend what is there, exactly, and not one credit more', async () => {
  const replies = await Promise.all(
    Array.from({ length: 100 }, (_, index) => chargeAt(index, { operation: 'presetShare' })),
  );
  const paid = replies.filter((reply) => reply.status === 201);
  expect(paid).toHaveLength(30);
  for (const reply of replies.filter((reply) => reply.status !== 201)) reply.expectError(402, 'INSUFFICIENT_CREDITS');
  expect(await auditWallet(person.accountId)).toMatchObject({ availableCredits: 0, sequence: 31 });
  expect(new Set(paid.map((reply) => reply.data.balanceAfterCredits)).size).toBe(30);
});

it('every charge that was answered is in the ledger once, with the balance that was told', async () => {
  const replies = await Promise.all(
    Array.from({ length: 60 }, (_, index) => chargeAt(index, { operation: 'follow' }, `charge ${index}`)),
  );
  const ledger = new Map((await readLedger(person.accountId)).map((entry) => [entry.id, entry]));
  for (const reply of replies) {
    const { id, balanceAfterCredits } = reply.expect(201).data;
    expect(ledger.get(id)).toMatchObject({ kind: 'charge', amountCredits: -3, balanceAfterCredits });
  }
  expect(ledger.size).toBe(61);
  await auditWallet(person.accountId);
});

it('holds and captures at once over instances never spend the same credits twice', async () => {
  const holds = await Promise.all(
    Array.from({ length: 40 }, (_, index) => chargeAt(index, { operation: 'presetShare', capture: false })),
  );
  const held = holds.filter((reply) => reply.status === 201);
  expect(held).toHaveLength(30);
  const settled = await Promise.all(
    held.flatMap(({ data }, index) =>
      ['capture', 'release'].map((action, offset) =>
        send(
          'POST',
          `/billing/charges/${data.id}/${action}`,
          { headers: { 'x-api-key': key.secret }, body: {} },
          instances[(index + offset) % instances.length]?.url,
        ),
      ),
    ),
  );
  expect(settled.filter((reply) => reply.status === 200)).toHaveLength(30);
  for (const reply of settled.filter((reply) => reply.status !== 200)) reply.expectError(409, 'CHARGE_NOT_HELD');
  const wallet = await auditWallet(person.accountId);
  expect(wallet.heldCredits).toBe(0);
  expect(wallet.availableCredits).toBe(300 - wallet.totals.consumedCredits);
});

it('forty requests at once through the functions emulator stay right', async () => {
  const replies = await Promise.all(Array.from({ length: 40 }, () => key.charge({ operation: 'presetShare' })));
  expect(replies.filter((reply) => reply.status === 201)).toHaveLength(30);
  expect(await auditWallet(person.accountId)).toMatchObject({ availableCredits: 0, sequence: 31 });
});

it('an instance that is told to end answers what it has taken on, and takes no more', async () => {
  const proxy = await FaultProxy.start(process.env.FIRESTORE_EMULATOR_HOST ?? '');
  const instance = await startFramework('api', { FIRESTORE_EMULATOR_HOST: proxy.address });
  const at = (body: object) =>
    send('POST', '/billing/charges', { headers: { 'x-api-key': key.secret }, body }, instance.url);
  try {
    (await at({ operation: 'login' })).expect(201);
    // The commit arrives only after the process has been told to end and refuses what comes now.
    const { promise: refused, resolve: goOn } = Promise.withResolvers<void>();
    const { promise: underWay, resolve: isUnderWay } = Promise.withResolvers<void>();
    const stallUntil = () => {
      isUnderWay();
      return refused;
    };
    proxy.inject({ method: 'Commit', moment: 'before', kind: { stallUntil } });
    const charges = Array.from({ length: 40 }, () => at({ operation: 'follow' }));
    await underWay;
    const stopped = instance.stop();
    // What comes before the signal does waits behind the commit; the first that comes after it is refused.
    let hasRefused = false;
    while (!hasRefused) {
      const late = at({ operation: 'follow' });
      charges.push(late);
      void late.then(({ status }) => {
        hasRefused ||= status === 503;
      });
      await Promise.race([late, setTimeout(20)]);
    }
    goOn();
    await stopped;
    const answers = (await Promise.all(charges)).map(({ status }) => status);
    expect(answers.filter((status) => status === 201).length).toBeGreaterThan(0);
    expect(answers.filter((status) => status !== 201 && status !== 503)).toEqual([]);
    const posted = (await readLedger(person.accountId)).filter((entry) => entry.operation === 'follow');
    expect(answers.filter((status) => status === 201)).toHaveLength(posted.length);
  } finally {
    await instance.stop();
    await proxy.stop();
  }
});
