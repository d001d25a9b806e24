import { Firestore } from 'firebase-admin/firestore';
import { MaintenanceStore } from '../../functions/src/platform/maintenance/maintenance.store.ts';
import type { Listener } from './ports.ts';
import { listensWithin } from './ready.ts';
import { projectId } from './urls.ts';

/** Name of the local suite's database that has the maintenance switch. */
export const localMaintenanceDatabase = 'maintenance';

/** Milliseconds to wait for the Firestore emulator, which includes time to download the emulator. */
const deadlineMs = 900_000;

/** Turns maintenance off as soon as the Firestore emulator listens: without a switch, maintenance is on. */
export async function beginWithoutMaintenance(firestore: Listener, ended: AbortSignal): Promise<void> {
  const { host, port } = firestore;
  if (!(await listensWithin(deadlineMs, firestore, ended))) return;
  const db = new Firestore({
    projectId,
    databaseId: localMaintenanceDatabase,
    host: `${host}:${port}`,
    ssl: false,
    customHeaders: { Authorization: 'Bearer owner' },
  });
  await new MaintenanceStore(db as never).turn('off');
  await db.terminate();
}
