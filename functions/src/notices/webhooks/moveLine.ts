import { type IsoTime, runUnitOfWork } from '@cloud-bridge/base';
import { isDue, leased, type WebhookDelivery, waiting } from './delivery.ts';
import type { WebhooksNeeds } from './needs.ts';
import { entered, freePlaces, left, MAX_AT_ONCE, swept, type WebhookLine } from './waitingLine.ts';

/** Lines that the sweep checks at the same time. */
const PAGE_SIZE = 50;
const MAX_PAGES = 200;

/**
 * Begins an attempt at a delivery, if an attempt is due and the account is below its limit of concurrent attempts. At
 * the limit, the delivery waits in line, without a task, until one of the account's attempts ends.
 * @returns the delivery when the attempt may begin, else null
 */
export async function enterLine(
  deps: WebhooksNeeds,
  deliveryId: string,
  now: IsoTime,
): Promise<WebhookDelivery | null> {
  const { begun, waits } = await runUnitOfWork(deps.db, async (unit) => {
    const delivery = await deps.webhookDeliveries.findIn(unit, deliveryId);
    if (!delivery || !isDue(delivery, now)) return { begun: null, waits: null };
    const before = await deps.webhookLines.findIn(unit, delivery.accountId);
    const after = entered(before, delivery.accountId, deliveryId, now);
    const next = after ? leased(delivery, now) : waiting(delivery, now);
    deps.webhookDeliveries.writeIn(unit, next);
    if (!after) return { begun: null, waits: next };
    deps.webhookLines.writeIn(unit, before, after);
    return { begun: next, waits: null };
  });
  // An attempt may have ended after this commit read the line and before the commit showed that this delivery waits.
  if (waits) await callNext(deps, await deps.webhookLines.find(waits.accountId), now);
  return begun;
}

/** Frees the place of an attempt that has ended, and queues a task for the next delivery in line. */
export async function leaveLine(deps: WebhooksNeeds, { id, accountId }: WebhookDelivery): Promise<void> {
  const line = await deps.webhookLines.change(accountId, (before) => left(before, id));
  await callNext(deps, line, deps.clock());
}

/** Queues tasks for as many waiting deliveries as there are free places. A second task for a delivery does no harm. */
async function callNext(deps: WebhooksNeeds, line: WebhookLine | null, now: IsoTime): Promise<void> {
  const places = freePlaces(line, now);
  if (!line || places <= 0) return;
  for (const { id } of await deps.webhookDeliveries.listWaiting(line.accountId, places)) {
    await deps.webhookTasks.enqueue(id, 0);
  }
}

/**
 * Queues tasks for deliveries that a crash has left waiting in line. Each account has one line.
 * @returns the number of lines with waiting deliveries
 */
export async function sweepLines(deps: WebhooksNeeds): Promise<number> {
  const now = deps.clock();
  let movedLines = 0;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const lines = await deps.webhookLines.listToWake(now, PAGE_SIZE);
    const moved = await Promise.all(lines.map(({ accountId }) => sweepLine(deps, accountId, now)));
    movedLines += moved.filter(Boolean).length;
    if (lines.length < PAGE_SIZE) break;
  }
  return movedLines;
}

async function sweepLine(deps: WebhooksNeeds, accountId: string, now: IsoTime): Promise<boolean> {
  let somebodyWaits = false;
  // The waiting deliveries are listed after the line is read. A delivery that enters in between changes the line, so
  // the commit fails and both are read again.
  const line = await deps.webhookLines.change(accountId, async (before) => {
    somebodyWaits = (await deps.webhookDeliveries.listWaiting(accountId, MAX_AT_ONCE)).length > 0;
    return swept(before, somebodyWaits, now);
  });
  if (somebodyWaits) await callNext(deps, line, now);
  return somebodyWaits;
}
