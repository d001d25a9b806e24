import type { Deps } from '../../deps.ts';
import { addSeconds } from '../../shared/time.ts';

/** What is due for less, its own task is probably at. */
const GRACE_SECONDS = 60;
const PAGE_SIZE = 500;

/** Makes tasks for deliveries whose own task was lost, or a crash never made; says for how many. */
export async function sweepDeliveries(deps: Deps): Promise<number> {
  const due = await deps.webhookDeliveries.listDue(addSeconds(deps.clock(), -GRACE_SECONDS), PAGE_SIZE);
  for (const { id } of due) await deps.webhookTasks.enqueue(id, 0);
  return due.length;
}
