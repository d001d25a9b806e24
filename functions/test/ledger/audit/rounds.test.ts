import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { AuditStore, auditWallets } from '@cloud-bridge/ledger';
import { initializeApp } from 'firebase-admin/app';
import type { DocumentReference } from 'firebase-admin/firestore';
import { checkpointOf, depsWith, during, findings, withHistory } from '../../support/auditedWallets.ts';
import { runScheduled } from '../../support/functionsTest.ts';
import { database } from '../../support/suite.ts';

// A project of its own: a round goes through all wallets, and other tests leave a great many.
const PROJECT = `demo-audit-${randomUUID().slice(0, 8)}`;
initializeApp({ projectId: PROJECT });

/** A whole round, in steps of so many wallets. */
async function wholeRound(name: 'command' | 'full', step: number, deps = depsWith()) {
  findings.length = 0;
  for (let steps = 0, lookedAt = 0; ; steps += 1) {
    const result = await auditWallets(deps, name, step);
    lookedAt += result.lookedAtNow;
    if (result.isComplete) return { ...result, steps, lookedAt };
  }
}

describe('a round', () => {
  it('finds nothing in sound wallets, and goes on with each from where it was', async () => {
    const [{ spender, wallet }] = [await withHistory(), await withHistory(), await withHistory()];
    const first = await wholeRound('command', 2);
    expect(first).toMatchObject({ differingWallets: 0, skippedWallets: 0 });
    expect(first.steps).toBeGreaterThan(0);
    expect(first.lookedAt).toBe(first.checkedWallets);
    expect((await checkpointOf(wallet).get()).get('wallet.sequence')).toBe(5);
    await spender.charge({ operation: 'follow' });
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
      expect(findings).toMatchObject([{ accountId: broken.spender.accountId }]);
    });
    expect((await checkpointOf(sound.wallet).get()).exists).toBe(true);
  });

  it('reports what goes wrong with one wallet, and ends when the database is out of reach', async () => {
    const { spender, wallet } = await withHistory();
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
    expect(findings).toMatchObject([{ accountId: spender.accountId, differences: [{ field: 'document' }] }]);
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
        expect(found.sort()).toEqual(histories.map(({ spender }) => [spender.accountId, 'document']).sort());
      }),
    );
    expect(await wholeRound('full', 1_000)).toMatchObject({ differingWallets: 0, skippedWallets: 0 });
  });
});

it('runs by itself', async () => {
  const { wallet } = await withHistory();
  await runScheduled('auditLedger');
  expect((await checkpointOf(wallet).get()).exists).toBe(true);
});

describe('npm run audit', () => {
  const run = (...args: string[]) => {
    const root = join(__dirname, '../../../..');
    const options = {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '', GOOGLE_CLOUD_PROJECT: PROJECT },
    } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/audit.ts', ...args], options);
    return { status, stdout, stderr };
  };

  it('looks at every wallet now, says what was found, and fails when one differs', async () => {
    const { wallet } = await withHistory();
    await auditWallets(depsWith(), 'scheduled', 1);
    const wallets = (await database().collectionGroup('wallets').count().get()).data().count;
    expect(run()).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(`${wallets} wallets checked now: 0 differ, 0 skipped`),
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
      stdout: expect.stringMatching(/^Continues the round of .*, with 1 wallets/m),
    });
    expect(run('--ful')).toMatchObject({ status: 1, stderr: expect.stringContaining('Usage') });
  });
});
