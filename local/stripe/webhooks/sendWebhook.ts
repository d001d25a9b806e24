import { StripeSdk } from '../installedStripe.ts';
import type { WireEvent } from '../localAccount.ts';

const RESPONSE_BODY_LENGTH_MAX = 10_000;

/** An endpoint for webhooks. */
export interface WebhookEndpoint {
  url: string;
  /** Signing secret, `whsec_…`. */
  secret: string;
  timeoutMs: number;
}

/** Result of an attempt: the endpoint's answer, or the reason why no answer came. */
export type SendResult = { status: number; body: string } | { error: string };

/** Posts an event once, with Stripe's signature. Never throws. */
export async function sendWebhook(
  event: WireEvent,
  { url, secret, timeoutMs }: WebhookEndpoint,
  stopped: AbortSignal,
): Promise<SendResult> {
  const payload = JSON.stringify(event, null, 2);
  // The signature has the real time, not the account's time, because the receiver compares it with its own clock.
  const timestamp = Math.floor(Date.now() / 1000);
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'stripe-signature': StripeSdk.webhooks.generateTestHeaderString({ payload, secret, timestamp }),
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      },
      body: payload,
      signal: AbortSignal.any([stopped, AbortSignal.timeout(timeoutMs)]),
    });
    return { status: response.status, body: (await response.text()).slice(0, RESPONSE_BODY_LENGTH_MAX) };
  } catch (error) {
    return { error: describeFailure(error) };
  }
}

function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
