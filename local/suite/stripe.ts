import { Problem } from './task/problem.ts';
import type { SuiteUrls } from './urls.ts';

export interface StripeSettings {
  /** Whether the local stand-in is used, and has to be started. */
  local: boolean;
  secretKey: string;
  /** Comma separated. */
  webhookSecrets: string;
  apiBaseUrl: string;
}

const localKey = 'sk_test_local_cloud_bridge';

/** The local Stripe, unless the environment has a test key of a real account. */
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
    throw new Problem(
      'STRIPE_SECRET_KEY is a live key. Nothing here may touch real money: use a test key (sk_test_…).',
    );
  }
  if (!/^(sk|rk)_test_/.test(secretKey)) throw new Problem('STRIPE_SECRET_KEY is not a Stripe test key (sk_test_…).');
  const webhookSecrets = env.STRIPE_WEBHOOK_SECRETS || env.STRIPE_WEBHOOK_SECRET || 'whsec_not_set';
  return { local: false, secretKey, webhookSecrets, apiBaseUrl: env.STRIPE_API_BASE_URL || 'https://api.stripe.com' };
}

/** Stripe itself, for the tests against it; throws a Problem without a test key. */
export function requireStripe(urls: SuiteUrls, env: NodeJS.ProcessEnv): StripeSettings {
  if (env.STRIPE_SECRET_KEY) return chooseStripe(urls, env);
  throw new Problem(
    'STRIPE_SECRET_KEY is not set: there is no Stripe to test against, so nothing was tested.\n' +
      'Give the secret key of a Stripe account in test mode:\n\n  STRIPE_SECRET_KEY=sk_test_… npm run test:stripe',
  );
}

/** What else to do by hand when the real Stripe is used. */
export function realStripeHint(urls: SuiteUrls): string {
  return [
    'Using the real Stripe in test mode (STRIPE_SECRET_KEY is set). For its webhooks run, in another terminal,',
    `  stripe listen --forward-to ${urls.stripeWebhook}`,
    'and start with the whsec_… that it prints in STRIPE_WEBHOOK_SECRETS.',
  ].join('\n');
}
