import express, { type Express, type Request } from 'express';
import helmet from 'helmet';
import { refusal } from '../errors/refusal.ts';
import { underMaintenance } from '../maintenance/maintenance.errors.ts';
import { errorHandler } from './errorHandler.ts';
import type { HttpNeeds } from './needs.ts';
import { bytesOf, receiveBody, restoreRequest } from './rawBodies.ts';
import { requestLog } from './requestLog.ts';

/** Bytes of one event; events of providers have a few kilobytes. */
const MAX_EVENT_BYTES = 1024 * 1024;

/** A handled event, for the response and the log. */
interface ReceivedEvent {
  readonly event: { readonly id: string; readonly type: string };
  readonly duplicate: boolean;
  readonly orderId: string | null;
}

/**
 * Creates the app of a function that receives a provider's events: verifies the raw body, handles the event, then
 * answers. A failure is answered with 5xx, so that the provider retries.
 * @param provider the provider's name for the log; the function's name begins with it
 * @param receive verifies and handles an event; returns after the commit that holds its effect
 */
export function createWebhookApp(
  deps: HttpNeeds,
  provider: string,
  receive: (rawBody: () => Buffer, request: Request) => Promise<ReceivedEvent>,
): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(requestLog(deps.logger), helmet(), restoreRequest, receiveBody(MAX_EVENT_BYTES));
  app.post('/', async (request, response) => {
    response.locals.route = `${provider}Webhook`;
    if (await deps.maintenance.isOn()) throw underMaintenance();
    const { event, duplicate, orderId } = await receive(() => bytesOf(response.locals.body), request);
    deps.logger.info(`${provider} event`, { eventId: event.id, type: event.type, duplicate, orderId });
    response.json({ received: true, duplicate });
  });
  app.use((request, response) => {
    if (request.path !== '/')
      throw refusal('ROUTE_NOT_FOUND', 'Send events to the address of the function, without a further path.');
    response.set('Allow', 'POST');
    throw refusal('METHOD_NOT_ALLOWED', 'Send events with POST.');
  });
  app.use(errorHandler(deps.logger));
  return app;
}
