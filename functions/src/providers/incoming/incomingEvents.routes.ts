import { operatorRequest } from '../../access/auditLog/auditLog.ts';
import { data, list } from '../../platform/http/replies.ts';
import { defineRoute } from '../../platform/http/route.ts';
import { dataOf, idParams, listOf } from '../../platform/http/schemas.ts';
import {
  incomingEventSchema,
  incomingEventsQuery,
  renderIncomingEvent,
  replayedEventSchema,
} from './incomingEvents.schemas.ts';
import type { IncomingNeeds } from './needs.ts';
import { pageOfIncomingEvents } from './pageOfIncomingEvents.ts';
import { replayEvent } from './replayEvent.ts';

const tag = 'Admin';
const access = { to: 'admin' } as const;

export const incomingEventRoutes = [
  defineRoute({
    method: 'get',
    path: '/admin/webhook-events',
    tag,
    summary: 'List handled and failed events of Stripe and Creem',
    description: 'Newest first.',
    access,
    query: incomingEventsQuery,
    response: listOf(incomingEventSchema),
    handle: async (deps: IncomingNeeds, { query }) => {
      const page = await pageOfIncomingEvents(deps, query);
      return list({ ...page, items: page.items.map(renderIncomingEvent) });
    },
  }),
  defineRoute({
    method: 'post',
    path: '/admin/webhook-events/:id/replay',
    tag,
    summary: 'Replay an event of Stripe or Creem',
    description:
      "Handles an event that could not be handled when it arrived; `id` is the provider's. An event takes effect " +
      'only once. Creem has no list of events, so only Creem events that arrived here can be replayed.',
    access,
    params: idParams,
    response: dataOf(replayedEventSchema),
    errors: [
      'EVENT_NOT_FOUND',
      'ORDER_NOT_REBUILT',
      'PAYMENT_MISMATCH',
      'PAYMENT_UNEXPLAINED',
      'IDEMPOTENCY_KEY_REUSED',
      'PAYMENT_PROVIDER_REFUSED',
      'PAYMENT_PROVIDER_UNAVAILABLE',
      'ORDER_NOT_CREDITED',
      'SUBSCRIPTION_BUSY',
    ],
    handle: async (deps: IncomingNeeds, request) => {
      const operator = operatorRequest(request, 'webhookEvent.replay');
      const { replayed, ...event } = await replayEvent(deps, operator, request.params.id);
      return data(event, replayed);
    },
  }),
];
