import Stripe from 'stripe';

/** With its retries, well within the minute that a function has. */
const TIMEOUT_MS = 10_000;
const MAX_RETRIES = 2;

/** Stripe's SDK, as this project uses it. */
export type StripeClient = Stripe;

/**
 * A Stripe client. The API version is the one that the package was made for.
 * @param apiBaseUrl another address than Stripe's only for the local stand-in
 */
export function createStripeClient(secretKey: string, apiBaseUrl: string): Stripe {
  const { protocol, hostname, port } = new URL(apiBaseUrl);
  return new Stripe(secretKey, {
    protocol: protocol === 'http:' ? 'http' : 'https',
    host: hostname,
    ...(port && { port: Number(port) }),
    timeout: TIMEOUT_MS,
    maxNetworkRetries: MAX_RETRIES,
    telemetry: false,
    appInfo: { name: 'Cloud Bridge Billing' },
  });
}
