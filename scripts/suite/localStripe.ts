import { join } from 'node:path';
import type { SuitePorts } from './ports.ts';
import type { Processes } from './processes.ts';
import { listensWithin } from './ready.ts';
import type { StripeSettings } from './stripe.ts';
import type { SuiteUrls } from './urls.ts';

const deadlineMs = 60_000;

export interface LocalStripeOptions {
  root: string;
  processes: Processes;
  ports: SuitePorts;
  urls: SuiteUrls;
  stripe: StripeSettings;
  folder: string;
  ended: AbortSignal;
}

/** Starts the local stand-in for Stripe and waits until it listens. */
export async function startLocalStripe(options: LocalStripeOptions): Promise<void> {
  const { root, processes, ports, urls, stripe, folder, ended } = options;
  const log = processes.start({
    name: 'The local Stripe',
    command: process.execPath,
    args: [join(root, 'local', 'stripe', 'main.ts')],
    cwd: root,
    env: {
      ...process.env,
      LOCAL_STRIPE_PORT: String(ports.stripe.port),
      LOCAL_STRIPE_SECRET_KEY: stripe.secretKey,
      LOCAL_STRIPE_WEBHOOK_URL: urls.stripeWebhook,
      LOCAL_STRIPE_WEBHOOK_SECRET: stripe.webhookSecrets,
    },
    logPath: join(folder, 'stripe.log'),
  });
  if (await listensWithin(deadlineMs, ports.stripe, ended)) return;
  await processes.failWithLog(`The local Stripe did not listen within ${deadlineMs / 1000} seconds.`, log);
}
