import { type IsoTime, runUnitOfWork } from '@cloud-bridge/base';
import { isDue, leased, type WebhookDelivery, waiting } from './delivery.ts';
import type { WebhooksNeeds } from './needs.ts';
import { entered, freePlaces, left, MAX_AT_ONCE, swept, type WebhookLine } from './waitingLine.ts';

/** Lines that are looked at at once. */
const PAGE_SIZE = 50;
const MAX_PAGES = 200;

/**
 * Takes a delivery's attempt on, if it is due and its account has not too many under way already; otherwise it waits in
 * line, without a task, until one of those ends. Gives the delivery when the attempt may begin.
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
  // An attempt may have ended after its line was read and before anybody could see that this delivery waits.
  if (waits) await callNext(deps, await deps.webhookLines.find(waits.accountId), now);
  return begun;
}

/** Gives back the place of an attempt that has ended, and has the next in line attempted. */
export async function leaveLine(deps: WebhooksNeeds, { id, accountId }: WebhookDelivery): Promise<void> {
  const line = await deps.webhookLines.change(accountId, (before) => left(before, id));
  await callNext(deps, line, deps.clock());
}

/** Makes tasks for as many of those who wait as there are free places. Twice for one does no harm. */
async function callNext(deps: WebhooksNeeds, line: WebhookLine | null, now: IsoTime): Promise<void> {
  const places = freePlaces(line, now);
  if (!line || places <= 0) return;
  for (const { id } of await deps.webhookDeliveries.listWaiting(line.accountId, places)) {
    await deps.webhookTasks.enqueue(id, 0);
  }
}

/** Moves on the lines in which a crash left somebody waiting; says how many. One account has one line, however long. */
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
  // Who waits is asked for after the line was read: whoever enters meanwhile changes the line, and it is asked again.
  const line = await deps.webhookLines.change(accountId, async (before) => {
    somebodyWaits = (await deps.webhookDeliveries.listWaiting(accountId, MAX_AT_ONCE)).length > 0;
    return swept(before, somebodyWaits, now);
  });
  if (somebodyWaits) await callNext(deps, line, now);
  return somebodyWaits;
}
