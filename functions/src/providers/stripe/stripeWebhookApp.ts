import type Stripe from 'stripe';
import { refusal } from '../../platform/errors/refusal.ts';
import { createWebhookApp } from '../../platform/http/createWebhookApp.ts';
import type { HttpApp } from '../../platform/http/express.ts';
import { handleStripeEvent } from './handleStripeEvent.ts';
import type { StripeNeeds } from './needs.ts';

/** Maximum age of a signature in seconds; the default of Stripe's SDK. */
const TOLERANCE_SECONDS = 300;

/** Creates the app of the function `stripeWebhook`. */
export function createStripeWebhookApp(deps: StripeNeeds): HttpApp {
  return createWebhookApp(deps, 'stripe', async (rawBody, request) => {
    const event = assertEvent(await verifyEvent(deps, rawBody(), request.get('stripe-signature')));
    return { event, ...(await handleStripeEvent(deps, event)) };
  });
}

/** Checks that a signed body is an event. The event's id becomes a document's id. */
function assertEvent(event: Stripe.Event): Stripe.Event {
  const { id, type, data } = event as Partial<Stripe.Event>;
  if (typeof type === 'string' && /^evt_\w{1,200}$/.test(id ?? '') && typeof data?.object === 'object') return event;
  throw refusal('EVENT_INVALID', 'The body is signed, but is not an event.');
}

async function verifyEvent(deps: StripeNeeds, rawBody: Buffer, signature: string | undefined): Promise<Stripe.Event> {
  if (!signature) throw refusal('SIGNATURE_MISSING', 'The Stripe-Signature header is missing.');
  const { webhooks } = await deps.stripe();
  for (const secret of deps.stripeWebhookSecrets()) {
    try {
      return webhooks.constructEvent(rawBody, signature, secret, TOLERANCE_SECONDS);
    } catch {
      // Try the next secret: two secrets are valid while a secret is being rotated.
    }
  }
  throw refusal('SIGNATURE_INVALID', 'The signature is not valid for this body, or too old.');
}
