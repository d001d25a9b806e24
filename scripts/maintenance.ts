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

// Moves the maintenance switch, or says how it stands: of the project that GOOGLE_CLOUD_PROJECT names (with the
// credentials of the environment), in the database that MAINTENANCE_DATABASE names, or of the suite that runs here.
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
  if (!state.isOn) return 'Maintenance is off. Every process notices that within ten seconds.';
  if (state.since === null) return 'Maintenance is on, because there is no switch: `off` or `on` makes the switch.';
  return (
    `Maintenance is on since ${state.since}. The last write of what had begun before is made by ` +
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
