import { initializeApp } from 'firebase-admin/app';
import { getFirestore } from 'firebase-admin/firestore';
import { AuditStore } from '../functions/src/audit/audit.store.ts';
import { auditWallets } from '../functions/src/audit/auditWallets.ts';
import { isoTime } from '../functions/src/shared/time.ts';
import { readPorts } from './suite/ports.ts';
import { clientEnvironment, projectId } from './suite/urls.ts';
import { runTask } from './task/runTask.ts';

// Audits every wallet: of the project that GOOGLE_CLOUD_PROJECT names (with the credentials of the environment), or of
// the suite that runs here. The exit code is 1 when a wallet differs from its ledger.
await runTask(async (interrupted) => {
  const project = process.env.GOOGLE_CLOUD_PROJECT;
  if (!project) Object.assign(process.env, clientEnvironment(readPorts(process.cwd(), process.env)));
  const db = getFirestore(initializeApp({ projectId: project ?? projectId }));
  const logger = { info: console.log, warn: console.warn, error: console.error };
  const deps = { store: new AuditStore(db as never), clock: () => isoTime(Date.now()), logger };
  for (;;) {
    interrupted.throwIfAborted();
    const { checkedWallets, differingWallets, isComplete } = await auditWallets(deps, 1_000);
    if (!isComplete) continue;
    console.log(`${checkedWallets} wallets audited, ${differingWallets} differ`);
    return differingWallets > 0 ? 1 : 0;
  }
});
