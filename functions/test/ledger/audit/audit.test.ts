import { randomUUID } from 'node:crypto';
import { AuditStore, emptyWallet } from '@cloud-bridge/ledger';
import { type DocumentReference, FieldValue } from 'firebase-admin/firestore';
import { LedgerView } from '../../../../packages/ledger/src/audit/audit.store.ts';
import { AUDIT_LIMITS, auditWallet } from '../../../../packages/ledger/src/audit/auditWallet.ts';
import { LedgerReplay } from '../../../../packages/ledger/src/audit/ledgerReplay.ts';
import { ENTRIES } from '../../../../packages/ledger/src/storedEntry.ts';
import { WALLETS } from '../../../../packages/ledger/src/storedWallet.ts';
import {
  checkpointOf,
  clock,
  depsWith,
  during,
  entryWith,
  findings,
  type Spender,
  withHistory,
} from '../../support/auditedWallets.ts';
import { database } from '../../support/suite.ts';

/** Audits one wallet; says which fields differ. */
async function fieldsThatDiffer(wallet: DocumentReference, isFull = false, deps = depsWith()): Promise<string[]> {
  findings.length = 0;
  const verdict = await auditWallet(deps, wallet.path, { isFull, roundStartedAt: clock() });
  expect(verdict).toBe(findings.length > 0 ? 'differs' : 'sound');
  return findings.flatMap(({ differences = [] }) => differences.map(({ field }) => field));
}

const reportOf = ({ accountId }: Spender) => database().doc(`auditDifferences/${accountId}:main`);

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
    ['an end', { closedAt: '2030-01-01T00:00:00.000Z' }, 'closedAt'],
    ['the id', { id: 'other' }, 'id'],
    ['the account', { accountId: 'other' }, 'accountId'],
    ['the first time', { createdAt: '2020-01-01T00:00:00.000Z' }, 'createdAt'],
    ['the last time', { updatedAt: '2030-01-01T00:00:00.000Z' }, 'updatedAt'],
  ])('(%s) is reported, and nothing is repaired', async (_name, change, field) => {
    const { spender, wallet } = await withHistory();
    await during(
      wallet,
      (document) => document.update(change),
      async () => {
        const changed = (await wallet.get()).data();
        expect(await fieldsThatDiffer(wallet)).toEqual([field]);
        expect((await reportOf(spender).get()).data()).toMatchObject({
          accountId: spender.accountId,
          walletId: 'main',
          sequence: 5,
          resolvedAt: null,
          differences: [expect.stringContaining(`"field":"${field}"`)],
        });
        expect((await wallet.get()).data()).toEqual(changed);
      },
    );
    expect(await fieldsThatDiffer(wallet)).toEqual([]);
    expect((await reportOf(spender).get()).get('resolvedAt')).toEqual(expect.any(String));
  });

  it.each([['before it was ever audited'], ['after an audit']])(
    'by putting it back to an older state is reported: %s',
    async (when) => {
      const { spender, wallet } = await withHistory();
      if (when === 'after an audit') expect(await fieldsThatDiffer(wallet)).toEqual([]);
      const older = (await wallet.get()).data() as object;
      await spender.charge({ operation: 'follow' });
      if (when === 'after an audit') expect(await fieldsThatDiffer(wallet)).toEqual([]);
      await during(
        wallet,
        (document) => document.set(older),
        async () => expect(await fieldsThatDiffer(wallet)).toContain('sequence'),
      );
    },
  );

  it('is reported even while it keeps changing', async () => {
    const { spender, wallet } = await withHistory();
    class Busy extends AuditStore {
      override async view(path: string) {
        const view = await super.view(path);
        for (let count = 0; count < 3; count += 1) await spender.charge({ operation: 'presetList' });
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

  it('under another name is reported', async () => {
    const { wallet } = await withHistory();
    const entry = await entryWith(wallet, 2);
    const fields = (await entry.get()).data() as object;
    const rename = async (document: DocumentReference) => {
      await document.delete();
      await wallet.collection('entries').doc('another').set(fields);
    };
    await during(entry, rename, async () => expect(await fieldsThatDiffer(wallet)).toEqual(['entries']));
    await wallet.collection('entries').doc('another').delete();
    expect(await fieldsThatDiffer(wallet)).toEqual([]);
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
    const { spender, wallet } = await withHistory();
    expect(await fieldsThatDiffer(wallet)).toEqual([]);
    const change = (document: DocumentReference) => document.update({ balanceAfterCredits: 1 });
    await during(await entryWith(wallet, 2), change, async () => {
      expect(await fieldsThatDiffer(wallet)).toEqual([]);
      expect(await fieldsThatDiffer(wallet, true)).toEqual(['entries']);
      expect(await fieldsThatDiffer(wallet)).toEqual(['entries']);
    });
    expect(await fieldsThatDiffer(wallet)).toEqual([]);
    expect((await reportOf(spender).get()).get('resolvedAt')).toEqual(expect.any(String));
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
    ['a settled one, to held', 'captured', { 'settlement.status': 'held' }],
    ['a settled one, to more captured', 'captured', { 'settlement.capturedCredits': 10 }],
    ['a settled one, to another deadline', 'captured', { 'charge.holdExpiresAt': past }],
    ['a settled one, to another end', 'captured', { 'settlement.settledAt': past }],
    ['a settled one, to another balance', 'captured', { 'settlement.settledBalanceCredits': 1 }],
    ['a settled one, to no end', 'captured', { settlement: FieldValue.delete() }],
    ['a settled one, to one the sweeper sees', 'captured', { openHoldExpiresAt: past }],
    ['a settled one, wholly open again', 'captured', { openHoldExpiresAt: past, settlement: FieldValue.delete() }],
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
    const { spender, wallet, open } = await withHistory();
    expect(await fieldsThatDiffer(wallet)).toEqual([]);
    await spender.settle(open.id, { type: 'extend', holdSeconds: 3_600 });
    await during(
      open,
      (document) => document.update({ 'charge.holdExpiresAt': past, openHoldExpiresAt: past }),
      async () => expect(await fieldsThatDiffer(wallet)).toEqual([`holds.${open.id}`]),
    );
    expect(await fieldsThatDiffer(wallet)).toEqual([]);
    await spender.settle(open.id, { type: 'capture', amountCredits: 2 });
    await during(
      open,
      (document) => document.update({ 'settlement.capturedCredits': 1 }),
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
  });

  it('in full is begun again by each round, whatever an earlier one has begun', async () => {
    const { wallet } = await withHistory();
    const store = new BreakingOff(2);
    const mode = { isFull: true, roundStartedAt: clock() };
    await expect(auditWallet(depsWith(store, pages), wallet.path, mode)).rejects.toThrow('no connection');
    store.pagesLeft = 9;
    const next = { isFull: true, roundStartedAt: `${clock()} next` };
    expect(await auditWallet(depsWith(store, pages), wallet.path, next)).toBe('sound');
    expect(store.begunAt).toEqual([0, 2, 0, 2, 4]);
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
      openDay: { day: '2026-03-14', counters: [['keys/key_1/spentCredits', 3] as const] },
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
  const { wallet, spender } = await withHistory();
  const { docs } = await wallet.collection('entries').withConverter(ENTRIES).orderBy('sequence').get();
  const replay = new LedgerReplay({ accountId: spender.accountId, walletId: 'main' }, null);
  for (const document of docs) replay.apply(document.id, document.data());
  expect(replay.wallet).toEqual((await wallet.withConverter(WALLETS).get()).data());
});
