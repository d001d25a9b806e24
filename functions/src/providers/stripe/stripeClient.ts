import Stripe from 'stripe';

/** Timeout of a request; with its retries, a call stays well below a function's minute. */
const TIMEOUT_MS = 10_000;
const MAX_RETRIES = 2;

/** The client of Stripe's SDK. */
export type StripeClient = Stripe;

/**
 * Creates a Stripe client. Uses the API version of Stripe's package.
 * @param apiBaseUrl Stripe's address, or that of the local stand-in
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
