import { database } from './suite.ts';

const POLL_MS = 100;

/** Waits until every event of an account has its mail and its deliveries to webhooks, which each event notes. */
export async function allEventsDispatched(accountId: string): Promise<void> {
  const events = database().collection('accountEvents').where('accountId', '==', accountId);
  await until(async () => {
    const { docs } = await events.get();
    return docs.every((event) => event.get('undispatchedSince') === undefined);
  });
}

/** Waits until a delivery to one of an account's webhooks has been attempted, for which the account gets a line. */
export async function deliveryAttempted(accountId: string): Promise<void> {
  const line = database().doc(`webhookLines/${accountId}`);
  await until(async () => (await line.get()).exists);
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}
