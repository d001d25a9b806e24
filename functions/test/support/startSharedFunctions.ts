import { send } from './apiClient.ts';
import { type Framework, startFramework } from './framework.ts';
import { shared } from './sharedFunctions.ts';
import { CREEM_URL, STRIPE_URL } from './suite.ts';

/**
 * Serves the API and the webhook functions of Stripe and Creem as Cloud Functions does: one process each, with many
 * requests at once. The functions emulator starts a process for each concurrent request. It runs triggers, schedules
 * and tasks, and also serves the same functions at `FUNCTIONS_URL`.
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

/** Makes a local provider send its events to a function from now on. Returns the function's URL. */
async function sendEventsTo(webhook: Framework, provider: string): Promise<string> {
  const url = `${webhook.url}/`;
  (await send('POST', '/_local/webhooks', { body: { url } }, provider)).expect(200);
  return url;
}
