import type { Deps } from '../deps.ts';

/** How many are deleted in one commit. */
const PAGE_SIZE = 200;

/** Where an account was told of things goes, and with it what it was told: mail has its owner's address. */
export async function eraseNotifications(deps: Deps, accountId: string): Promise<void> {
  await deps.alerts.delete(accountId);
  for (const { id } of await deps.webhookEndpoints.list(accountId)) await deps.webhookEndpoints.delete(accountId, id);
  await deps.webhookDeliveries.deleteAllOf(accountId, PAGE_SIZE);
  await deps.webhookLines.delete(accountId);
  for (;;) {
    const eventIds = await deps.accountEvents.listIds(accountId, PAGE_SIZE);
    // The mail first: without its event nobody would find it again.
    await deps.mail.delete(eventIds);
    await deps.accountEvents.delete(eventIds);
    if (eventIds.length < PAGE_SIZE) return;
  }
}
