import { parseArgs } from 'node:util';
import { isoTime } from '@cloud-bridge/base';
import { AuditStore, auditWallets } from '@cloud-bridge/ledger';
import { initializeApp } from 'firebase-admin/app';
import { getFirestore } from 'firebase-admin/firestore';
import { Problem } from '../local/suite/task/problem.ts';
import { runTask } from '../local/suite/task/runTask.ts';
import { projectId } from '../local/suite/urls.ts';
import { useRunningSuite } from '../local/suite/useRunningSuite.ts';

const WALLETS_PER_STEP = 200;

// Audits every wallet of the project in GOOGLE_CLOUD_PROJECT (with the credentials of the environment), or of the
// running suite. An interrupted audit continues, with a message. The exit code is 1 when a wallet differs from its
// ledger or could not be audited.
await runTask(async (interrupted) => {
  const round = readRoundName();
  const project = process.env.GOOGLE_CLOUD_PROJECT;
  if (!project) await useRunningSuite();
  const db = getFirestore(initializeApp({ projectId: project ?? projectId }));
  const logger = { info: console.log, warn: console.warn, error: console.error };
  const deps = { store: new AuditStore(db), clock: () => isoTime(Date.now()), logger };
  const begun = await deps.store.readRound(round);
  if (begun) console.log(`Continues the round of ${begun.startedAt}, with ${countOf(begun)} done.`);
  for (let lookedAtNow = 0; ; ) {
    interrupted.throwIfAborted();
    const result = await auditWallets(deps, round, WALLETS_PER_STEP);
    lookedAtNow += result.lookedAtNow;
    if (!result.isComplete) continue;
    const { differingWallets, skippedWallets } = result;
    const total = begun ? `; ${countOf(result)} since ${result.startedAt}` : '';
    console.log(`${lookedAtNow} wallets checked now${total}: ${differingWallets} differ, ${skippedWallets} skipped`);
    return differingWallets + skippedWallets > 0 ? 1 : 0;
  }
});

function countOf({ checkedWallets, skippedWallets }: { checkedWallets: number; skippedWallets: number }): string {
  return `${checkedWallets + skippedWallets} wallets`;
}

function readRoundName(): 'command' | 'full' {
  try {
    return parseArgs({ options: { full: { type: 'boolean', default: false } } }).values.full ? 'full' : 'command';
  } catch {
    throw new Problem('Usage: npm run audit [-- --full]');
  }
}
