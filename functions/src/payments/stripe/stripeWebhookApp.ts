import express, { type Express } from 'express';
import helmet from 'helmet';
import type Stripe from 'stripe';
import type { Deps } from '../../deps.ts';
import { errorHandler } from '../../http/errorHandler.ts';
import { bytesOf, receiveBody, restoreRequest } from '../../http/rawBodies.ts';
import { requestLog } from '../../http/requestLog.ts';
import { AppError } from '../../shared/appError.ts';
import { handleStripeEvent } from './handleStripeEvent.ts';

/** Stripe's events are a few kilobytes. */
const MAX_EVENT_BYTES = 1024 * 1024;
/** How old a signature may be; Stripe's own default. */
const TOLERANCE_SECONDS = 300;

/** The function `stripeWebhook`: verify on the raw body, handle, then answer. A failure is a 5xx, so Stripe retries. */
export function createStripeWebhookApp(deps: Deps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(requestLog(deps.logger), helmet(), restoreRequest, receiveBody(MAX_EVENT_BYTES));
  app.post('/', async (request, response) => {
    response.locals.route = 'stripeWebhook';
    const rawBody = bytesOf(response.locals.body);
    const event = assertEvent(await verifyEvent(deps, rawBody, request.get('stripe-signature')));
    const { duplicate, orderId } = await handleStripeEvent(deps, event);
    deps.logger.info('stripe event', { eventId: event.id, type: event.type, duplicate, orderId });
    response.json({ received: true, duplicate });
  });
  app.use((request, response) => {
    if (request.path !== '/') throw new AppError(404, 'ROUTE_NOT_FOUND', 'Events are posted to the address itself.');
    response.set('Allow', 'POST');
    throw new AppError(405, 'METHOD_NOT_ALLOWED', 'Events are sent with POST.');
  });
  app.use(errorHandler(deps.logger));
  return app;
}

/** Signed, but is it an event? Its id names a document. */
function assertEvent(event: Stripe.Event): Stripe.Event {
  const { id, type, data } = event as Partial<Stripe.Event>;
  if (typeof type === 'string' && /^evt_\w{1,200}$/.test(id ?? '') && typeof data?.object === 'object') return event;
  throw new AppError(400, 'EVENT_INVALID', 'The body is signed, but is not an event.');
}

async function verifyEvent(deps: Deps, rawBody: Buffer, signature: string | undefined): Promise<Stripe.Event> {
  if (!signature) throw new AppError(400, 'SIGNATURE_MISSING', 'The Stripe-Signature header is missing.');
  const { webhooks } = await deps.stripe();
  for (const secret of deps.stripeWebhookSecrets()) {
    try {
      return webhooks.constructEvent(rawBody, signature, secret, TOLERANCE_SECONDS);
    } catch {
      // The next secret may be the one: two are valid while a secret is being rotated.
    }
  }
  throw new AppError(400, 'SIGNATURE_INVALID', 'The signature is not valid for this body, or too old.');
}
