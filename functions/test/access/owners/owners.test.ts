import { randomUUID } from 'node:crypto';
import { addSeconds } from '@cloud-bridge/base';
import { initializeApp } from 'firebase-admin/app';
import { getAuth } from 'firebase-admin/auth';
import { setFrozen } from '../../../src/access/accounts/setFrozen.ts';
import { createKeySchema } from '../../../src/access/apiKeys/apiKeys.schemas.ts';
import { createApiKey } from '../../../src/access/apiKeys/createApiKey.ts';
import type { OperatorRequest } from '../../../src/access/auditLog/auditLog.ts';
import { sweepOwners } from '../../../src/access/owners/sweepOwners.ts';
import type { Parts } from '../../../src/main/compose.ts';
import { runAutoTopUp } from '../../../src/sales/autoTopUps/runAutoTopUp.ts';
import { send } from '../../support/apiClient.ts';
import { clearDatabase } from '../../support/clearDatabase.ts';
import { withMethod } from '../../support/crash.ts';
import { startFramework } from '../../support/framework.ts';
import { runScheduled, suiteDeps } from '../../support/functionsTest.ts';
import { OWNERS_PROJECT } from '../../support/projects.ts';
import { database } from '../../support/suite.ts';

const users = getAuth(initializeApp({ projectId: OWNERS_PROJECT }));

let deps: Parts;
beforeEach(async () => {
  await clearDatabase(OWNERS_PROJECT);
  deps = suiteDeps();
});

/** Creates an account and its user, as created some time ago. */
async function newOwner(secondsAgo = 600): Promise<string> {
  const { uid } = await users.createUser({ email: `${randomUUID()}@example.com` });
  await deps.accounts.ensure({ id: uid, email: null }, addSeconds(deps.clock(), -secondsAgo));
  return uid;
}

async function newKey(accountId: string, kind: 'live' | 'management'): Promise<string> {
  const caller = { kind: 'account', accountId, via: 'idToken', isAdmin: false } as const;
  const made = await createApiKey(deps, caller, createKeySchema.parse({ kind }), { key: null, requestHash: kind });
  return made.secret ?? '';
}

const operator = (): OperatorRequest => ({
  actorId: 'operator',
  action: 'account.freeze',
  hasKey: false,
  auditId: `aud_${randomUUID()}`,
  requestId: randomUUID(),
  requestHash: randomUUID(),
});
const stored = async (accountId: string) => (await database().doc(`accounts/${accountId}`).get()).data();
/** Returns whether an instance with an empty cache sees the account as frozen. */
const isFrozen = (accountId: string) => suiteDeps().accounts.isFrozen(accountId);

it('keys of a disabled owner are refused after the scheduled check, and work again once it is enabled', async () => {
  const accountId = await newOwner();
  const [live, management] = [await newKey(accountId, 'live'), await newKey(accountId, 'management')];
  const spend = async () => {
    const instance = await startFramework('api', {
      GCLOUD_PROJECT: OWNERS_PROJECT,
      FIREBASE_CONFIG: JSON.stringify({ projectId: OWNERS_PROJECT }),
    });
    try {
      const request = (path: string, headers: Record<string, string>, body: object) =>
        send('POST', path, { headers, body }, instance.url);
      return [
        await request('/billing/charges', { 'x-api-key': live }, { operation: 'login' }),
        await request('/account/integrations', { authorization: `Bearer ${management}` }, { name: 'x', platform: 'y' }),
      ];
    } finally {
      await instance.stop();
    }
  };
  await runScheduled('freezeForOwners');
  for (const reply of await spend()) reply.expect(201);
  await users.updateUser(accountId, { disabled: true });
  await runScheduled('freezeForOwners');
  for (const reply of await spend()) reply.expectError(403, 'ACCOUNT_FROZEN');
  expect(await stored(accountId)).toMatchObject({ ownerBlock: 'disabled', ownerBlockedAt: expect.any(String) });
  await users.updateUser(accountId, { disabled: false });
  await runScheduled('freezeForOwners');
  for (const reply of await spend()) reply.expect(201);
  expect(await stored(accountId)).toMatchObject({ ownerBlock: null, ownerBlockedAt: null });
});

it('the account of a deleted user is frozen, however the user was deleted', async () => {
  const [alone, bulk, other] = [await newOwner(), await newOwner(), await newOwner()];
  await users.deleteUser(alone);
  await users.deleteUsers([bulk]);
  expect(await sweepOwners(deps)).toEqual({ checkedLists: 1, changedAccounts: 2 });
  expect(await Promise.all([alone, bulk, other].map(isFrozen))).toEqual([true, true, false]);
  expect(await stored(alone)).toMatchObject({ ownerBlock: 'deleted' });
  // A known freeze is neither read nor written again.
  expect(await sweepOwners(deps)).toEqual({ checkedLists: 1, changedAccounts: 0 });
});

it("enabling the owner lifts only the owner's freeze, and an operator lifts only the operator's", async () => {
  const accountId = await newOwner();
  await users.updateUser(accountId, { disabled: true });
  await sweepOwners(deps);
  await setFrozen(deps, operator(), accountId, true, 'Fraud');
  await users.updateUser(accountId, { disabled: false });
  await sweepOwners(deps);
  expect(await isFrozen(accountId)).toBe(true);
  expect(await stored(accountId)).toMatchObject({ frozenReason: 'Fraud', ownerBlock: null });
  await users.updateUser(accountId, { disabled: true });
  await sweepOwners(deps);
  await setFrozen(deps, operator(), accountId, false, null);
  expect(await isFrozen(accountId)).toBe(true);
  await users.updateUser(accountId, { disabled: false });
  await sweepOwners(deps);
  expect(await isFrozen(accountId)).toBe(false);
});

it('a freeze missing in the lists, as after a restore, is lifted when the owner is enabled', async () => {
  const accountId = await newOwner();
  const stays = await newOwner();
  for (const uid of [accountId, stays]) await users.updateUser(uid, { disabled: true });
  await sweepOwners(deps);
  await database().recursiveDelete(database().collection('ownerChecks'));
  await users.updateUser(accountId, { disabled: false });
  await sweepOwners(deps);
  expect(await Promise.all([accountId, stays].map(isFrozen))).toEqual([false, true]);
  await users.updateUser(stays, { disabled: false });
  await sweepOwners(deps);
  expect(await isFrozen(stays)).toBe(false);
});

it('nothing is bought automatically for a disabled owner', async () => {
  const accountId = await newOwner();
  await users.updateUser(accountId, { disabled: true });
  await sweepOwners(deps);
  const asked: string[] = [];
  const watched: Parts = {
    ...suiteDeps(),
    autoTopUps: withMethod(deps.autoTopUps, 'find', async () => ({ accountId, inFlight: null })),
    wallets: new Proxy(deps.wallets, {
      get: (target, name) => {
        asked.push(String(name));
        return Reflect.get(target, name).bind(target);
      },
    }),
  };
  await runAutoTopUp(watched, accountId);
  expect(asked).toEqual([]);
});

it('the next run continues a run that ended early, and also checks accounts created meanwhile', async () => {
  const state = database().doc('ownerChecks/state');
  const gone = ['a', 'b', 'c'].map((name) => `gone-${name}`);
  for (const [number, id] of gone.entries()) {
    await deps.accounts.ensure({ id, email: null }, addSeconds(deps.clock(), -600 + number));
    await database()
      .doc(`ownerChecks/list${number}`)
      .set({ accountIds: [id], blocked: {} });
  }
  const last = await deps.accounts.find('gone-c');
  await state.set({ listedUntil: { id: 'gone-c', createdAt: last?.createdAt }, lists: 3, nextList: 0 });
  expect(await sweepOwners(deps, { lists: 1 })).toEqual({ checkedLists: 1, changedAccounts: 1 });
  expect(await Promise.all(gone.map(isFrozen))).toEqual([true, false, false]);
  const later = await newOwner(300);
  await users.updateUser(later, { disabled: true });
  await deps.accounts.ensure({ id: 'too-new', email: null }, deps.clock());
  // The time is over at once, so no list is checked. Accounts too new for a list are checked nevertheless.
  expect(await sweepOwners(deps, { seconds: 0 })).toEqual({ checkedLists: 0, changedAccounts: 1 });
  expect((await state.get()).get('nextList')).toBe(1);
  expect(await sweepOwners(deps, { lists: 2 })).toEqual({ checkedLists: 2, changedAccounts: 3 });
  expect(await Promise.all([...gone, later, 'too-new'].map(isFrozen))).toEqual([true, true, true, true, true]);
  expect((await deps.ownerChecks.readList(2)).accountIds).toEqual(['gone-c', later]);
  expect((await state.get()).get('nextList')).toBe(0);
});

it('a failing list does not delay other lists, and its error is thrown', async () => {
  const accountId = await newOwner();
  await users.updateUser(accountId, { disabled: true });
  const findStandings = async () => {
    throw new Error('quota');
  };
  const failing: Parts = { ...deps, users: { ...deps.users, findStandings } };
  await expect(sweepOwners(failing)).rejects.toThrow('1 lists of owners could not be checked');
  expect(await sweepOwners(deps)).toEqual({ checkedLists: 1, changedAccounts: 1 });
});

it('accounts that exceed one list continue in the next list, each listed once', async () => {
  const createdAt = addSeconds(deps.clock(), -600);
  const ids = Array.from({ length: 2_500 }, (_, index) => `many-${String(index).padStart(5, '0')}`);
  const writer = database().bulkWriter();
  for (const id of ids) void writer.create(database().doc(`accounts/${id}`), { id, email: null, createdAt });
  await writer.close();
  const everybody: Parts = {
    ...deps,
    users: { ...deps.users, findStandings: async (uids) => new Map(uids.map((uid) => [uid, 'active'])) },
  };
  expect(await sweepOwners(everybody)).toEqual({ checkedLists: 2, changedAccounts: 0 });
  await sweepOwners(everybody);
  const lists = await Promise.all([0, 1].map((number) => deps.ownerChecks.readList(number)));
  expect(lists.map(({ accountIds }) => accountIds.length)).toEqual([2_000, 500]);
  expect(lists.flatMap(({ accountIds }) => accountIds)).toEqual(ids);
});

it('two concurrent runs list every account once', async () => {
  await Promise.all([newOwner(), newOwner(), newOwner()]);
  await Promise.all([sweepOwners(deps), sweepOwners(suiteDeps())]);
  const { accountIds } = await deps.ownerChecks.readList(0);
  expect(new Set(accountIds).size).toBe(3);
  expect(accountIds).toHaveLength(3);
});

it('an account frozen before it was listed is unfrozen when its owner is enabled meanwhile', async () => {
  const accountId = await newOwner(30);
  await users.updateUser(accountId, { disabled: true });
  await sweepOwners(deps);
  expect(await isFrozen(accountId)).toBe(true);
  await users.updateUser(accountId, { disabled: false });
  const later: Parts = { ...suiteDeps(), clock: () => addSeconds(deps.clock(), 300) };
  await sweepOwners(later);
  expect(await isFrozen(accountId)).toBe(false);
});

it('after a crash between the freeze and its record, no account of an enabled owner stays frozen', async () => {
  const accountId = await newOwner();
  await sweepOwners(deps);
  await users.updateUser(accountId, { disabled: true });
  const crash = () => {
    throw new Error('crash');
  };
  await expect(sweepOwners({ ...deps, logger: { ...deps.logger, info: crash } })).rejects.toThrow();
  expect(await isFrozen(accountId)).toBe(true);
  await users.updateUser(accountId, { disabled: false });
  await sweepOwners(deps);
  expect(await isFrozen(accountId)).toBe(false);
});
