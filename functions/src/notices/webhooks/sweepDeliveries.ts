import { addSeconds } from '@cloud-bridge/base';
import type { WebhooksNeeds } from './needs.ts';

/** What is due for less, its own task is probably at. */
const GRACE_SECONDS = 60;
/** Tasks that are made at once. */
const PAGE_SIZE = 50;
/** One run makes so many tasks; what is left is for the next. */
const MAX_PAGES = 200;

/**
 * Makes tasks for deliveries whose own task was lost, or a crash never made; says for how many. It goes through all of
 * them, so that the many of one account keep nobody else's waiting.
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
