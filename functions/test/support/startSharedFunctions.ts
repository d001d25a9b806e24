import { send } from './apiClient.ts';
import { type Framework, startFramework } from './framework.ts';
import { shared } from './sharedFunctions.ts';
import { CREEM_URL, STRIPE_URL } from './suite.ts';

/**
 * Serves the API and the functions that hear from Stripe and Creem as Cloud Functions does: one process each, many
 * requests at once. The functions emulator, which starts a process for each request at a time, runs triggers, schedules
 * and tasks, and the same functions for those who ask at `FUNCTIONS_URL`.
 */
export default async function startSharedFunctions(): Promise<void> {
  const [api, stripeWebhook, creemWebhook] = await Promise.all([
    startFramework('api'),
    startFramework('stripeWebhook'),
    startFramework('creemWebhook'),
  ]);
  shared.sharedFunctions = [api, stripeWebhook, creemWebhook];
  process.env.TEST_API_URL = api.url;
  process.env.TEST_STRIPE_WEBHOOK_URL = await sendEventsTo(stripeWebhook, STRIPE_URL);
  process.env.TEST_CREEM_WEBHOOK_URL = await sendEventsTo(creemWebhook, CREEM_URL);
}

/** Has a local provider send its events to a function from now on; gives the function's address. */
async function sendEventsTo(webhook: Framework, provider: string): Promise<string> {
  const url = `${webhook.url}/`;
  (await send('POST', '/_local/webhooks', { body: { url } }, provider)).expect(200);
  return url;
}
