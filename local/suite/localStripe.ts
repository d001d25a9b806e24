import type { SuitePorts } from './ports.ts';
import { type StandInOptions, startStandIn } from './standIn.ts';
import type { StripeSettings } from './stripe.ts';
import type { SuiteUrls } from './urls.ts';

/** Starts the local stand-in for Stripe and waits until it listens. */
export function startLocalStripe(
  options: StandInOptions,
  ports: SuitePorts,
  urls: SuiteUrls,
  stripe: StripeSettings,
): Promise<void> {
  return startStandIn(options, {
    name: 'stripe',
    title: 'The local Stripe',
    listener: ports.stripe,
    env: {
      LOCAL_STRIPE_PORT: String(ports.stripe.port),
      LOCAL_STRIPE_SECRET_KEY: stripe.secretKey,
      LOCAL_STRIPE_WEBHOOK_URL: urls.stripeWebhook,
      LOCAL_STRIPE_WEBHOOK_SECRET: stripe.webhookSecrets,
    },
  });
}
