import { parseArgs } from 'node:util';
import { initializeApp } from 'firebase-admin/app';
import { getFirestore } from 'firebase-admin/firestore';
import { AuditStore } from '../functions/src/audit/audit.store.ts';
import { auditWallets } from '../functions/src/audit/auditWallets.ts';
import { isoTime } from '../functions/src/shared/time.ts';
import { projectId } from './suite/urls.ts';
import { useRunningSuite } from './suite/useRunningSuite.ts';
import { Problem } from './task/problem.ts';
import { runTask } from './task/runTask.ts';

const WALLETS_PER_STEP = 200;

// Audits every wallet: of the project that GOOGLE_CLOUD_PROJECT names (with the credentials of the environment), or of
// the suite that runs here. What was interrupted goes on, and says so. The exit code is 1 when a wallet differs from
// its ledger or could not be audited.
await runTask(async (interrupted) => {
  const round = readRoundName();
  const project = process.env.GOOGLE_CLOUD_PROJECT;
  if (!project) await useRunningSuite();
  const db = getFirestore(initializeApp({ projectId: project ?? projectId }));
  const logger = { info: console.log, warn: console.warn, error: console.error };
  const deps = { store: new AuditStore(db as never), clock: () => isoTime(Date.now()), logger };
  const begun = await deps.store.readRound(round);
  if (begun) console.log(`Goes on with the round of ${begun.startedAt}, with ${countOf(begun)} done.`);
  for (let lookedAtNow = 0; ; ) {
    interrupted.throwIfAborted();
    const result = await auditWallets(deps, round, WALLETS_PER_STEP);
    lookedAtNow += result.lookedAtNow;
    if (!result.isComplete) continue;
    const { differingWallets, skippedWallets } = result;
    const total = begun ? `; ${countOf(result)} since ${result.startedAt}` : '';
    console.log(`${lookedAtNow} wallets looked at now${total}: ${differingWallets} differ, ${skippedWallets} skipped`);
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
