import { randomUUID } from 'node:crypto';
import { AuditStore } from '../../src/audit/audit.store.ts';
import { auditWallets } from '../../src/audit/auditWallets.ts';
import { runScheduled } from '../support/functionsTest.ts';
import { personWithCredits } from '../support/people.ts';
import { database } from '../support/suite.ts';

const findings: { accountId?: unknown; differences?: unknown }[] = [];
const logger = {
  info: () => {},
  warn: () => {},
  error: (_message: string, fields: Record<string, unknown> = {}) => void findings.push(fields),
};
const audit = (maxWallets: number) =>
  auditWallets({ store: new AuditStore(database()), clock: () => new Date().toISOString(), logger }, maxWallets);

/** A whole round, in steps of so many wallets. */
async function wholeRound(step: number) {
  findings.length = 0;
  for (let steps = 0; ; steps += 1) {
    const result = await audit(step);
    if (result.isComplete) return { ...result, steps };
  }
}

async function withHistory() {
  const { person, key } = await personWithCredits(100);
  (await key.charge({ operation: 'follow' })).expect(201);
  const { id } = (await key.charge({ operation: 'presetShare', capture: false })).expect(201).data;
  (await key.send('POST', `/billing/charges/${id}/capture`, { body: { amountCredits: 4 } })).expect(200);
  (await key.charge({ operation: 'presetShare', capture: false })).expect(201);
  return { person, key, wallet: database().doc(`accounts/${person.accountId}/wallets/main`) };
}

// What other tests have left sound stays sound: it is audited with the rest.
beforeAll(async () => {
  await database().doc('audits/current').delete();
});

it('finds nothing in sound wallets, and goes on from where it was', async () => {
  const { person, key } = await withHistory();
  const first = await wholeRound(2);
  expect(first.steps).toBeGreaterThan(0);
  expect(findings.filter(({ accountId }) => accountId === person.accountId)).toEqual([]);
  const checkpoint = database().doc(`accounts/${person.accountId}/wallets/main/audit/checkpoint`);
  expect((await checkpoint.get()).get('sequence')).toBe(5);
  (await key.charge({ operation: 'follow' })).expect(201);
  const second = await wholeRound(1_000);
  expect(second.checkedWallets).toBeGreaterThanOrEqual(first.checkedWallets);
  expect((await checkpoint.get()).get('sequence')).toBe(6);
});

it.each([
  ['a balance', { availableCredits: 1_000 }, 'availableCredits'],
  ['held credits', { heldCredits: 0 }, 'heldCredits'],
  ['a total', { 'totals.consumedCredits': 0 }, 'totals'],
  ['a lot', { lots: [] }, 'lots'],
])('reports %s that was changed past the ledger, and repairs nothing', async (_name, change, field) => {
  const { person, wallet } = await withHistory();
  const sound = (await wallet.get()).data();
  await wallet.update(change);
  const changed = (await wallet.get()).data();
  const { differingWallets } = await wholeRound(1_000);
  expect(differingWallets).toBe(1);
  const [finding] = findings.filter(({ accountId }) => accountId === person.accountId);
  expect(JSON.stringify(finding?.differences)).toContain(`"field":"${field}"`);
  expect((await database().doc(`auditDifferences/${person.accountId}_main`).get()).exists).toBe(true);
  expect((await wallet.get()).data()).toEqual(changed);
  await wallet.set(sound as object);
});

it('reports an entry that is missing and one that does not follow', async () => {
  const missing = await withHistory();
  const [entry] = (await missing.wallet.collection('entries').where('sequence', '==', 2).get()).docs;
  await entry?.ref.delete();
  const added = await withHistory();
  const id = `txn_${randomUUID()}`;
  const forged = { ...entry?.data(), id, accountId: added.person.accountId, sequence: 5, amountCredits: 7 };
  await added.wallet.collection('entries').doc(id).set(forged);
  await wholeRound(1_000);
  for (const { person } of [missing, added]) {
    expect(JSON.stringify(findings.filter(({ accountId }) => accountId === person.accountId))).toContain(
      '"field":"entries"',
    );
  }
  await entry?.ref.set(entry.data());
  await added.wallet.collection('entries').doc(id).delete();
});

it('runs by itself', async () => {
  const { person } = await withHistory();
  await database().doc('audits/current').delete();
  await runScheduled('auditLedger');
  expect((await database().doc(`accounts/${person.accountId}/wallets/main/audit/checkpoint`).get()).exists).toBe(true);
});
