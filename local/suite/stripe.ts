import { Problem } from './task/problem.ts';
import type { SuiteUrls } from './urls.ts';

/** The Stripe that the suite uses: the local Stripe or a real account in test mode. */
export interface StripeSettings {
  /** Whether the suite uses, and must start, the local Stripe. */
  local: boolean;
  secretKey: string;
  /** Signing secrets of webhooks, separated by commas. */
  webhookSecrets: string;
  apiBaseUrl: string;
}

const localKey = 'sk_test_local_cloud_bridge';

/**
 * Chooses the real Stripe if the environment has a test key, else the local Stripe.
 *
 * @throws Problem when STRIPE_SECRET_KEY isn't a test key
 */
export function chooseStripe(urls: SuiteUrls, env: NodeJS.ProcessEnv): StripeSettings {
  const secretKey = env.STRIPE_SECRET_KEY;
  if (!secretKey || secretKey === localKey) {
    return {
      local: true,
      secretKey: localKey,
      webhookSecrets: 'whsec_local_cloud_bridge',
      apiBaseUrl: urls.stripe,
    };
  }
  if (/^(sk|rk)_live_/.test(secretKey)) {
    throw new Problem('STRIPE_SECRET_KEY is a live key, which could move real money. Use a test key (sk_test_…).');
  }
  if (!/^(sk|rk)_test_/.test(secretKey)) throw new Problem('STRIPE_SECRET_KEY is not a Stripe test key (sk_test_…).');
  const webhookSecrets = env.STRIPE_WEBHOOK_SECRETS || env.STRIPE_WEBHOOK_SECRET || 'whsec_not_set';
  return { local: false, secretKey, webhookSecrets, apiBaseUrl: env.STRIPE_API_BASE_URL || 'https://api.stripe.com' };
}

/**
 * Returns the settings of the real Stripe, for the tests against it.
 *
 * @throws Problem without a test key
 */
export function requireStripe(urls: SuiteUrls, env: NodeJS.ProcessEnv): StripeSettings {
  if (env.STRIPE_SECRET_KEY) return chooseStripe(urls, env);
  throw new Problem(
    'STRIPE_SECRET_KEY is not set, so nothing was tested: these tests need the real Stripe.\n' +
      'Set it to the secret key of a Stripe account in test mode:\n\n  STRIPE_SECRET_KEY=sk_test_… npm run test:stripe',
  );
}

/** Returns the instructions for manual steps with the real Stripe. */
export function realStripeHint(urls: SuiteUrls): string {
  return [
    'Using the real Stripe in test mode (STRIPE_SECRET_KEY is set). To get its webhooks, run in another terminal',
    `  stripe listen --forward-to ${urls.stripeWebhook}`,
    'and start this suite with the printed whsec_… in STRIPE_WEBHOOK_SECRETS.',
  ].join('\n');
}
