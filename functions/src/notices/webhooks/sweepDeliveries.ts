import { addSeconds } from '@cloud-bridge/base';
import type { WebhooksNeeds } from './needs.ts';

/** The sweep leaves out deliveries that are due for less than this: their own task is probably running. */
const GRACE_SECONDS = 60;
/** Tasks that are queued at the same time. */
const PAGE_SIZE = 50;
/** Pages of one run; the next run continues with the rest. */
const MAX_PAGES = 200;

/**
 * Queues tasks for due deliveries whose own task was lost or, after a crash, never queued. Goes through all of them, so
 * that one account's many deliveries don't delay other accounts' deliveries.
 * @returns the number of deliveries
 */
export async function sweepDeliveries(deps: WebhooksNeeds): Promise<number> {
  const before = addSeconds(deps.clock(), -GRACE_SECONDS);
  let count = 0;
  let pages = 0;
  for await (const due of deps.webhookDeliveries.duePages(before, PAGE_SIZE)) {
    await Promise.all(due.map(({ id }) => deps.webhookTasks.enqueue(id, 0)));
    count += due.length;
    pages += 1;
    if (pages >= MAX_PAGES) break;
  }
  return count;
}
