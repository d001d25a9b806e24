import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { DocumentReference } from 'firebase-admin/firestore';
import { AuditStore, LedgerView } from '../../src/audit/audit.store.ts';
import { AUDIT_LIMITS, type AuditLimits, auditWallet } from '../../src/audit/auditWallet.ts';
import { auditWallets } from '../../src/audit/auditWallets.ts';
import { LedgerReplay } from '../../src/audit/ledgerReplay.ts';
import type { Entry } from '../../src/wallets/entry.ts';
import { emptyWallet, type Wallet } from '../../src/wallets/wallet.ts';
import { runScheduled } from '../support/functionsTest.ts';
import { type Key, type Person, personWithCredits } from '../support/people.ts';
import { database } from '../support/suite.ts';

const findings: { accountId?: unknown; differences?: { field: string }[] }[] = [];
const logger = {
  info: () => {},
  warn: () => {},
  error: (_message: string, fields: Record<string, unknown> = {}) => void findings.push(fields),
};
const clock = () => new Date().toISOString();
const depsWith = (store = new AuditStore(database()), limits: AuditLimits = AUDIT_LIMITS) => ({
  store,
  clock,
  logger,
  limits,
});

interface History {
  readonly person: Person;
  readonly key: Key;
  readonly wallet: DocumentReference;
  /** A hold that was captured in part, and one that is open. */
  readonly captured: DocumentReference;
  readonly open: DocumentReference;
}

/** A wallet with five entries: a grant, a charge, a hold, its capture, and an open hold. */
async function withHistory(): Promise<History> {
  const { person, key } = await personWithCredits(100);
  (await key.charge({ operation: 'follow' })).expect(201);
  const captured = (await key.charge({ operation: 'presetShare', capture: false })).expect(201).data.id;
  (await key.send('POST', `/billing/charges/${captured}/capture`, { body: { amountCredits: 4 } })).expect(200);
  const open = (await key.charge({ operation: 'presetShare', capture: false })).expect(201).data.id;
  const wallet = database().doc(`accounts/${person.accountId}/wallets/main`);
  const entries = wallet.collection('entries');
  return { person, key, wallet, captured: entries.doc(captured), open: entries.doc(open) };
}

/** Audits one wallet; says which fields differ. */
async function fieldsThatDiffer(wallet: DocumentReference, isFull = false, deps = depsWith()): Promise<string[]> {
  findings.length = 0;
  const verdict = await auditWallet(deps, wallet.path, { isFull, roundStartedAt: clock() });
  expect(verdict).toBe(findings.length > 0 ? 'differs' : 'sound');
  return findings.flatMap(({ differences = [] }) => differences.map(({ field }) => field));
}

/** Does something to a document, and puts it back afterwards, so that other audits find nothing. */
async function during(
  document: DocumentReference,
  change: (document: DocumentReference) => Promise<unknown>,
  body: () => Promise<void>,
): Promise<void> {
  const before = await document.get();
  await change(document);
  try {
    await body();
  } finally {
    await (before.exists ? document.set(before.data() as object) : document.delete());
  }
}

const reportOf = ({ accountId }: Person) => database().doc(`auditDifferences/${accountId}:main`);
const checkpointOf = (wallet: DocumentReference) => wallet.collection('audit').doc('checkpoint');
const entryWith = async (wallet: DocumentReference, sequence: number) => {
  const [entry] = (await wallet.collection('entries').where('sequence', '==', sequence).get()).docs;
  return (entry as FirebaseFirestore.QueryDocumentSnapshot).ref;
};

/** A whole round, in steps of so many wallets. */
async function wholeRound(name: 'command' | 'full', step: number, deps = depsWith()) {
  findings.length = 0;
  for (let steps = 0, lookedAt = 0; ; steps += 1) {
    const result = await auditWallets(deps, name, step);
    lookedAt += result.lookedAtNow;
    if (result.isComplete) return { ...result, steps, lookedAt };
  }
}

// What other tests have left sound stays sound: it is audited with the rest.
beforeAll(async () => {
  for (const name of ['scheduled', 'command', 'full']) await database().doc(`audits/${name}`).delete();
});

describe('a round', () => {
  it('finds nothing in sound wallets, and goes on with each from where it was', async () => {
    const { key, wallet } = await withHistory();
    const first = await wholeRound('command', 2);
    expect(first).toMatchObject({ differingWallets: 0, skippedWallets: 0 });
    expect(first.steps).toBeGreaterThan(0);
    expect(first.lookedAt).toBe(first.checkedWallets);
    expect((await checkpointOf(wallet).get()).get('wallet.sequence')).toBe(5);
    (await key.charge({ operation: 'follow' })).expect(201);
    expect((await wholeRound('command', 1_000)).checkedWallets).toBe(first.checkedWallets);
    expect((await checkpointOf(wallet).get()).get('wallet.sequence')).toBe(6);
  });

  it('is not stopped by a wallet that makes no sense, nor by one that is gone', async () => {
    const broken = await withHistory();
    const sound = await withHistory();
    const gone = database().doc(`accounts/${randomUUID()}/wallets/main`);
    class Forgetful extends AuditStore {
      override async listWallets(afterPath: string | null, limit: number) {
        const paths = await super.listWallets(afterPath, limit);
        return afterPath === null ? [gone.path, ...paths] : paths;
      }
    }
    const change = (document: DocumentReference) => document.set({ lots: [{ remainingCredits: 0.5 }], totals: null });
    await during(broken.wallet, change, async () => {
      const { differingWallets } = await wholeRound('command', 1_000, depsWith(new Forgetful(database())));
      expect(differingWallets).toBe(1);
      expect(findings).toMatchObject([{ accountId: broken.person.accountId }]);
    });
    expect((await checkpointOf(sound.wallet).get()).exists).toBe(true);
  });

  it('reports what goes wrong with one wallet, and ends when the database is out of reach', async () => {
    const { person, wallet } = await withHistory();
    const failing = (error: Error) => {
      class Failing extends AuditStore {
        override async view(path: string) {
          if (path === wallet.path) throw error;
          return super.view(path);
        }
      }
      return depsWith(new Failing(database()));
    };
    const bug = await wholeRound('command', 1_000, failing(new TypeError('it is a bug')));
    expect(bug.differingWallets).toBe(1);
    expect(findings).toMatchObject([{ accountId: person.accountId, differences: [{ field: 'document' }] }]);
    const refused = await wholeRound('command', 1_000, failing(Object.assign(new Error('too large'), { code: 3 })));
    expect(refused).toMatchObject({ differingWallets: 0, skippedWallets: 1 });
    const outage = Object.assign(new Error('no connection'), { code: 14 });
    await expect(wholeRound('command', 1_000, failing(outage))).rejects.toBe(outage);
    await wholeRound('command', 1_000);
  });

  it('of one name goes on by itself, whatever another has done', async () => {
    await withHistory();
    const step = await auditWallets(depsWith(), 'scheduled', 1);
    expect(step).toMatchObject({ isComplete: false, lookedAtNow: 1, checkedWallets: 1 });
    const whole = await wholeRound('command', 1_000);
    expect(whole.lookedAt).toBe(whole.checkedWallets);
    expect(await auditWallets(depsWith(), 'scheduled', 1)).toMatchObject({ lookedAtNow: 1, checkedWallets: 2 });
    await database().doc('audits/scheduled').delete();
  });

  it('in full finds entries whose wallet was deleted', async () => {
    const histories = [await withHistory(), await withHistory()];
    const [first, second] = histories.map(({ wallet }) => wallet) as [DocumentReference, DocumentReference];
    const remove = (document: DocumentReference) => document.delete();
    await during(first, remove, () =>
      during(second, remove, async () => {
        expect((await wholeRound('full', 3)).differingWallets).toBe(2);
        const found = findings.map(({ accountId, differences }) => [accountId, differences?.[0]?.field]);
        expect(found.sort()).toEqual(histories.map(({ person }) => [person.accountId, 'document']).sort());
      }),
    );
    expect(await wholeRound('full', 1_000)).toMatchObject({ differingWallets: 0, skippedWallets: 0 });
  });
});

describe('a wallet changed past its ledger', () => {
  it.each<[name: string, change: Record<string, unknown>, field: string]>([
    ['a balance', { availableCredits: 1_000 }, 'availableCredits'],
    ['held credits', { heldCredits: 0 }, 'heldCredits'],
    ['debt', { debtCredits: 1 }, 'debtCredits'],
    ['a total', { 'totals.consumedCredits': 0 }, 'totals'],
    ['no totals at all', { totals: null }, 'totals'],
    ['no lot', { lots: [] }, 'lots'],
    ['half a credit', { lots: [{ remainingCredits: 0.5 }] }, 'lots'],
    ['not a number', { availableCredits: Number.NaN }, 'availableCredits'],
    ['the next expiry', { nextExpiryAt: '2030-01-01T00:00:00.000Z' }, 'nextExpiryAt'],
    ['the id', { id: 'other' }, 'id'],
    ['the account', { accountId: 'other' }, 'accountId'],
    ['the first time', { createdAt: '2020-01-01T00:00:00.000Z' }, 'createdAt'],
    ['the last time', { updatedAt: '2030-01-01T00:00:00.000Z' }, 'updatedAt'],
  ])('(%s) is reported, and nothing is repaired', async (_name, change, field) => {
    const { person, wallet } = await withHistory();
    await during(
      wallet,
      (document) => document.update(change),
      async () => {
        const changed = (await wallet.get()).data();
        expect(await fieldsThatDiffer(wallet)).toEqual([field]);
        expect((await reportOf(person).get()).data()).toMatchObject({
          accountId: person.accountId,
          walletId: 'main',
          sequence: 5,
          resolvedAt: null,
          differences: [expect.stringContaining(`"field":"${field}"`)],
        });
        expect((await wallet.get()).data()).toEqual(changed);
      },
    );
    expect(await fieldsThatDiffer(wallet)).toEqual([]);
    expect((await reportOf(person).get()).get('resolvedAt')).toEqual(expect.any(String));
  });

  it.each([['before it was ever audited'], ['after an audit']])(
    'by putting it back to an older state is reported: %s',
    async (when) => {
      const { key, wallet } = await withHistory();
      if (when === 'after an audit') expect(await fieldsThatDiffer(wallet)).toEqual([]);
      const older = (await wallet.get()).data() as object;
      (await key.charge({ operation: 'follow' })).expect(201);
      if (when === 'after an audit') expect(await fieldsThatDiffer(wallet)).toEqual([]);
      await during(
        wallet,
        (document) => document.set(older),
        async () => expect(await fieldsThatDiffer(wallet)).toContain('sequence'),
      );
    },
  );

  it('is reported even while it keeps changing', async () => {
    const { key, wallet } = await withHistory();
    class Busy extends AuditStore {
      override async view(path: string) {
        const view = await super.view(path);
        for (let count = 0; count < 3; count += 1) (await key.charge({ operation: 'presetList' })).expect(201);
        return view;
      }
    }
    const busy = depsWith(new Busy(database()), { ...AUDIT_LIMITS, entriesPerPage: 2 });
    expect(await fieldsThatDiffer(wallet, false, busy)).toEqual([]);
    expect((await checkpointOf(wallet).get()).get('wallet.sequence')).toBe(5);
    await wallet.update({ heldCredits: 7 });
    expect(await fieldsThatDiffer(wallet, false, busy)).toContain('heldCredits');
    await wallet.update({ heldCredits: 10 });
    expect(await fieldsThatDiffer(wallet)).toEqual([]);
  });
});

describe('an entry', () => {
  it('that is missing is reported', async () => {
    const { wallet } = await withHistory();
    const remove = (document: DocumentReference) => document.delete();
    await during(await entryWith(wallet, 2), remove, async () => {
      expect(await fieldsThatDiffer(wallet)).toEqual(['entries']);
    });
  });

  it.each([
    ['beyond the wallet', 6],
    ['with the sequence of the last', 5],
    ['with the sequence of an older one', 3],
    ['with no sequence', null],
    ['with words for a sequence', 'six'],
  ])('that nobody posted, %s, is reported', async (_name, sequence) => {
    const { wallet } = await withHistory();
    const last = (await (await entryWith(wallet, 5)).get()).data();
    // Ids in front of and behind every other one.
    for (const id of [`!${randomUUID()}`, `~${randomUUID()}`]) {
      const add = (document: DocumentReference) => document.set({ ...last, sequence, id });
      await during(wallet.collection('entries').doc(id), add, async () => {
        expect(await fieldsThatDiffer(wallet)).not.toEqual([]);
      });
      expect(await fieldsThatDiffer(wallet)).toEqual([]);
    }
  });

  it('that comes in again after an audit with the sequence of the last is reported', async () => {
    const { wallet } = await withHistory();
    expect(await fieldsThatDiffer(wallet)).toEqual([]);
    const last = (await (await entryWith(wallet, 5)).get()).data();
    for (const id of [`!${randomUUID()}`, `~${randomUUID()}`]) {
      const add = (document: DocumentReference) => document.set({ ...last, id });
      await during(wallet.collection('entries').doc(id), add, async () => {
        expect(await fieldsThatDiffer(wallet)).toEqual(['entries']);
      });
      expect(await fieldsThatDiffer(wallet)).toEqual([]);
    }
  });

  it('that was looked at long ago and is changed now is found in full, and then until it is put right', async () => {
    const { person, wallet } = await withHistory();
    expect(await fieldsThatDiffer(wallet)).toEqual([]);
    const change = (document: DocumentReference) => document.update({ balanceAfterCredits: 1 });
    await during(await entryWith(wallet, 2), change, async () => {
      expect(await fieldsThatDiffer(wallet)).toEqual([]);
      expect(await fieldsThatDiffer(wallet, true)).toEqual(['entries']);
      expect(await fieldsThatDiffer(wallet)).toEqual(['entries']);
    });
    expect(await fieldsThatDiffer(wallet)).toEqual([]);
    expect((await reportOf(person).get()).get('resolvedAt')).toEqual(expect.any(String));
  });

  it('without a sequence is counted in full', async () => {
    const { wallet } = await withHistory();
    const add = (document: DocumentReference) => document.set({ kind: 'grant', amountCredits: 5 });
    await during(wallet.collection('entries').doc(randomUUID()), add, async () => {
      expect(await fieldsThatDiffer(wallet, true)).toEqual(['entryCount']);
    });
  });
});

describe('a hold', () => {
  const past = '2020-01-01T00:00:00.000Z';
  it.each<[name: string, which: 'open' | 'captured', change: Record<string, unknown>]>([
    ['an open one, to captured', 'open', { 'charge.status': 'captured' }],
    ['an open one, to part captured', 'open', { 'charge.capturedCredits': 3 }],
    ['an open one, to another amount', 'open', { 'charge.amountCredits': 11 }],
    ['an open one, to another deadline', 'open', { 'charge.holdExpiresAt': past }],
    ['an open one, to another deadline for the sweeper', 'open', { openHoldExpiresAt: past }],
    ['an open one, to one the sweeper does not see', 'open', { openHoldExpiresAt: null }],
    ['a settled one, to held', 'captured', { 'charge.status': 'held' }],
    ['a settled one, to more captured', 'captured', { 'charge.capturedCredits': 10 }],
    ['a settled one, to another deadline', 'captured', { 'charge.holdExpiresAt': past }],
    ['a settled one, to another end', 'captured', { 'charge.settledAt': past }],
    ['a settled one, to another balance', 'captured', { 'charge.settledBalanceCredits': 1 }],
    ['a settled one, to one the sweeper sees', 'captured', { openHoldExpiresAt: past }],
    ['a settled one, wholly open again', 'captured', { openHoldExpiresAt: past, 'charge.status': 'held' }],
  ])('changed past its ledger (%s) is reported', async (_name, which, change) => {
    const history = await withHistory();
    const hold = history[which];
    await during(
      hold,
      (document) => document.update(change),
      async () => {
        const found = await fieldsThatDiffer(history.wallet);
        // An amount is no news of a hold: its entry doesn't add up any more.
        const isEntry = 'charge.amountCredits' in change;
        expect(found).toEqual([isEntry ? 'entries' : `holds.${hold.id}`]);
      },
    );
    expect(await fieldsThatDiffer(history.wallet)).toEqual([]);
  });

  it('is remembered from one audit to the next, with its extensions', async () => {
    const { key, wallet, open } = await withHistory();
    const send = (action: string, body: object) =>
      key.send('POST', `/billing/charges/${open.id}/${action}`, { body }).then((reply) => reply.expect(200));
    expect(await fieldsThatDiffer(wallet)).toEqual([]);
    await send('extend', { holdSeconds: 3_600 });
    await during(
      open,
      (document) => document.update({ 'charge.holdExpiresAt': past, openHoldExpiresAt: past }),
      async () => expect(await fieldsThatDiffer(wallet)).toEqual([`holds.${open.id}`]),
    );
    expect(await fieldsThatDiffer(wallet)).toEqual([]);
    await send('capture', { amountCredits: 2 });
    await during(
      open,
      (document) => document.update({ 'charge.capturedCredits': 1 }),
      async () => expect(await fieldsThatDiffer(wallet)).toEqual([`holds.${open.id}`]),
    );
    expect(await fieldsThatDiffer(wallet)).toEqual([]);
  });
});

describe('a long ledger', () => {
  const pages = { ...AUDIT_LIMITS, entriesPerPage: 2 };

  /** Breaks off after so many pages; notes where each began. */
  class BreakingOff extends AuditStore {
    readonly begunAt: number[] = [];
    pagesLeft: number;
    constructor(pagesLeft: number) {
      super(database());
      this.pagesLeft = pagesLeft;
    }
    override async view(path: string) {
      const { begunAt } = this;
      const takePage = () => {
        this.pagesLeft -= 1;
        if (this.pagesLeft < 0) throw Object.assign(new Error('no connection'), { code: 14 });
      };
      return new (class extends LedgerView {
        override listEntries(from: number, limit: number) {
          takePage();
          begunAt.push(from);
          return super.listEntries(from, limit);
        }
      })(database(), await database().doc(path).get());
    }
  }

  it.each([[false], [true]])('is gone on with after an interruption (in full: %s)', async (isFull) => {
    const { wallet } = await withHistory();
    const store = new BreakingOff(2);
    const mode = { isFull, roundStartedAt: clock() };
    await expect(auditWallet(depsWith(store, pages), wallet.path, mode)).rejects.toThrow('no connection');
    store.pagesLeft = 9;
    expect(await auditWallet(depsWith(store, pages), wallet.path, mode)).toBe('sound');
    expect(store.begunAt).toEqual([0, 2, 4]);
    // What a full audit has begun is nothing for the next one.
    store.begunAt.length = 0;
    await auditWallet(depsWith(store, pages), wallet.path, { isFull, roundStartedAt: `${clock()} next` });
    expect(store.begunAt[0]).toBe(isFull ? 0 : 5);
  });

  it('keeps any number of open holds from one audit to the next', async () => {
    const path = `accounts/${randomUUID()}/wallets/main`;
    const holds = Array.from({ length: 9_000 }, (_, count) => {
      return [`txn_${count}`, { amountCredits: count, holdExpiresAt: clock() }] as const;
    });
    const checkpoint = {
      roundStartedAt: clock(),
      wallet: { ...emptyWallet('somebody', 'main', clock()), sequence: 9_000 },
      lastEntryId: 'txn_8999',
      openHolds: new Map(holds),
      wasSound: true,
    };
    const store = new AuditStore(database());
    await store.writeCheckpoint(path, 'checkpoint', checkpoint);
    expect(await store.readCheckpoint(path, 'checkpoint')).toEqual(checkpoint);
    // One that was written in part is of no use.
    await database().doc(`${path}/audit/checkpoint_2`).update({ sequence: 8_999 });
    expect(await store.readCheckpoint(path, 'checkpoint')).toBeNull();
    await database().recursiveDelete(database().doc(path));
  });

  it('with more open holds than can be remembered is left out, and counted as such', async () => {
    const { wallet } = await withHistory();
    const deps = depsWith(new AuditStore(database()), { entriesPerPage: 4, openHolds: -1 });
    expect(await auditWallet(deps, wallet.path, { isFull: false, roundStartedAt: clock() })).toBe('skipped');
  });
});

it('every wallet that a replay makes is the one that its commands made', async () => {
  const { wallet, person } = await withHistory();
  const { docs } = await wallet.collection('entries').orderBy('sequence').get();
  const replay = new LedgerReplay({ accountId: person.accountId, walletId: 'main' }, null);
  for (const document of docs) replay.apply(document.id, document.data() as Entry);
  expect(replay.wallet).toEqual((await wallet.get()).data() as Wallet);
});

it('runs by itself', async () => {
  const { wallet } = await withHistory();
  await runScheduled('auditLedger');
  expect((await checkpointOf(wallet).get()).exists).toBe(true);
});

describe('npm run audit', () => {
  const run = (...args: string[]) => {
    const root = join(__dirname, '../../..');
    const options = { cwd: root, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/audit.ts', ...args], options);
    return { status, stdout, stderr };
  };

  it('looks at every wallet now, says what was found, and fails when one differs', async () => {
    const { wallet } = await withHistory();
    await auditWallets(depsWith(), 'scheduled', 1);
    const wallets = (await database().collectionGroup('wallets').count().get()).data().count;
    expect(run()).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(`${wallets} wallets looked at now: 0 differ, 0 skipped`),
    });
    await database().doc('audits/scheduled').delete();
    await during(
      wallet,
      (document) => document.update({ heldCredits: 0 }),
      async () => {
        expect(run('--full')).toMatchObject({ status: 1, stdout: expect.stringContaining('1 differ, 0 skipped') });
      },
    );
    await auditWallets(depsWith(), 'command', 1);
    expect(run()).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^Goes on with the round of .*, with 1 wallets/m),
    });
    expect(run('--ful')).toMatchObject({ status: 1, stderr: expect.stringContaining('Usage') });
  });
});
