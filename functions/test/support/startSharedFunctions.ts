import { send } from './apiClient.ts';
import { startFramework } from './framework.ts';
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
  process.env.TEST_STRIPE_WEBHOOK_URL = `${stripeWebhook.url}/`;
  process.env.TEST_CREEM_WEBHOOK_URL = `${creemWebhook.url}/`;
  for (const [base, { url }] of [
    [STRIPE_URL, stripeWebhook],
    [CREEM_URL, creemWebhook],
  ] as const) {
    (await send('POST', '/_local/webhooks', { body: { url: `${url}/` } }, base)).expect(200);
  }
}
