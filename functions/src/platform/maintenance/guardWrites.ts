import { type Clock, isReadOnly } from '@cloud-bridge/base';
import type { Firestore } from 'firebase-admin/firestore';
import { underMaintenance } from './maintenance.errors.ts';
import type { Maintenance } from './maintenanceSwitch.ts';

// biome-ignore lint/suspicious/noExplicitAny: the SDK doesn't tell the types of what lies below its API
type Request = (method: string, ...rest: any[]) => Promise<any>;

/** The calls with which the SDK writes. */
const WRITES: readonly string[] = ['commit', 'batchWrite'];

/**
 * Makes a client refuse writes with 503 `MAINTENANCE`: writes of requests that may only read, and every other write
 * once all earlier work must have ended. Guards below the client's API, where every write passes, so that no background
 * work of a process writes into a restore.
 */
export function guardWrites<T extends Firestore>(db: T, maintenance: Maintenance, clock: Clock): T {
  const below = db as unknown as { request: Request };
  const { request } = below;
  below.request = async (method, ...rest) => {
    if (WRITES.includes(method) && (isReadOnly() || (await maintenance.refusesEveryWrite(clock())))) {
      throw underMaintenance();
    }
    return request.call(db, method, ...rest);
  };
  return db;
}
