import { refusal } from '../../platform/errors/refusal.ts';
import { createWebhookApp } from '../../platform/http/createWebhookApp.ts';
import type { HttpApp } from '../../platform/http/express.ts';
import { creemNotConfigured } from '../../sales/payments/payments.errors.ts';
import { type CreemEvent, isSigned, parseEvent } from './creemEvent.ts';
import { handleCreemEvent } from './handleCreemEvent.ts';
import type { CreemNeeds } from './needs.ts';

/** Creates the app of the function `creemWebhook`. */
export function createCreemWebhookApp(deps: CreemNeeds): HttpApp {
  return createWebhookApp(deps, 'creem', async (rawBody, request) => {
    if (deps.config.creemApiBaseUrl === null) throw creemNotConfigured();
    const event = verifyEvent(deps, rawBody(), request.get('creem-signature'));
    return { event, ...(await handleCreemEvent(deps, event)) };
  });
}

function verifyEvent(deps: CreemNeeds, rawBody: Buffer, signature: string | undefined): CreemEvent {
  if (!signature) throw refusal('SIGNATURE_MISSING', 'The creem-signature header is missing.');
  if (!isSigned(rawBody, signature, deps.creemWebhookSecrets())) {
    throw refusal('SIGNATURE_INVALID', 'The signature is not valid for this body.');
  }
  const event = parseEvent(rawBody.toString('utf8'));
  // The event's id becomes a document's id, so a body without a proper id is refused.
  if (!event) throw refusal('EVENT_INVALID', 'The body is signed, but is not an event.');
  return event;
}
