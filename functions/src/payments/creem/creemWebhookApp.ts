import express, { type Express } from 'express';
import helmet from 'helmet';
import type { Deps } from '../../deps.ts';
import { errorHandler } from '../../http/errorHandler.ts';
import { bytesOf, receiveBody, restoreRequest } from '../../http/rawBodies.ts';
import { requestLog } from '../../http/requestLog.ts';
import { AppError } from '../../shared/appError.ts';
import { creemNotConfigured } from './creem.errors.ts';
import { type CreemEvent, isSigned, parseEvent } from './creemEvent.ts';
import { handleCreemEvent } from './handleCreemEvent.ts';

/** Creem's events are a few kilobytes. */
const MAX_EVENT_BYTES = 1024 * 1024;

/** The function `creemWebhook`: verify on the raw body, handle, then answer. A failure is a 5xx, so Creem retries. */
export function createCreemWebhookApp(deps: Deps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(requestLog(deps.logger), helmet(), restoreRequest, receiveBody(MAX_EVENT_BYTES));
  app.post('/', async (request, response) => {
    response.locals.route = 'creemWebhook';
    if (deps.config.creemApiBaseUrl === null) throw creemNotConfigured();
    const event = verifyEvent(deps, bytesOf(response.locals.body), request.get('creem-signature'));
    const { duplicate, orderId } = await handleCreemEvent(deps, event);
    deps.logger.info('creem event', { eventId: event.id, type: event.type, duplicate, orderId });
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

function verifyEvent(deps: Deps, rawBody: Buffer, signature: string | undefined): CreemEvent {
  if (!signature) throw new AppError(400, 'SIGNATURE_MISSING', 'The creem-signature header is missing.');
  if (!isSigned(rawBody, signature, deps.creemWebhookSecrets())) {
    throw new AppError(400, 'SIGNATURE_INVALID', 'The signature is not valid for this body.');
  }
  const event = parseEvent(rawBody.toString('utf8'));
  // Its id names a document.
  if (!event) throw new AppError(400, 'EVENT_INVALID', 'The body is signed, but is not an event.');
  return event;
}
