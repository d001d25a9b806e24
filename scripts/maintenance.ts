import { parseArgs } from 'node:util';
import { initializeApp } from 'firebase-admin/app';
import { getFirestore } from 'firebase-admin/firestore';
import { MaintenanceStore } from '../functions/src/platform/maintenance/maintenance.store.ts';
import { type SwitchState, writesEndAt } from '../functions/src/platform/maintenance/maintenance.ts';
import { localMaintenanceDatabase } from '../local/suite/maintenance.ts';
import { Problem } from '../local/suite/task/problem.ts';
import { runTask } from '../local/suite/task/runTask.ts';
import { projectId } from '../local/suite/urls.ts';
import { useRunningSuite } from '../local/suite/useRunningSuite.ts';

const ACTIONS = ['on', 'off', 'status'] as const;

// Changes or shows the maintenance switch: of the project in GOOGLE_CLOUD_PROJECT (with the credentials of the
// environment), in the database in MAINTENANCE_DATABASE, or of the running suite.
await runTask(async () => {
  const action = readAction();
  const project = process.env.GOOGLE_CLOUD_PROJECT;
  const databaseId = process.env.MAINTENANCE_DATABASE || localMaintenanceDatabase;
  if (!project) await useRunningSuite();
  const app = initializeApp({ projectId: project ?? projectId });
  const store = new MaintenanceStore(getFirestore(app, databaseId) as never);
  console.log(sentenceFor(action === 'status' ? await store.read() : await store.turn(action)));
  return 0;
});

function sentenceFor(state: SwitchState): string {
  if (!state.isOn) return 'Maintenance is off. Every process notices the change within ten seconds.';
  if (state.since === null) return 'Maintenance is on, because no switch exists yet: `off` or `on` creates it.';
  return (
    `Maintenance is on since ${state.since}. The last write of work that began before is made by ` +
    `${writesEndAt(state)}.`
  );
}

function readAction(): (typeof ACTIONS)[number] {
  const usage = 'Usage: npm run maintenance -- on|off|status';
  try {
    const { positionals } = parseArgs({ allowPositionals: true });
    const action = ACTIONS.find((name) => name === positionals[0]);
    if (action !== undefined && positionals.length === 1) return action;
  } catch {
    throw new Problem(usage);
  }
  throw new Problem(usage);
}
