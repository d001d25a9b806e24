import * as z from 'zod';
import { PROVIDERS } from '../../access/accounts/providerName.ts';
import { pageQuery, timeOut } from '../../platform/http/schemas.ts';
import type { FailedEvent, IncomingEvent } from '../../sales/incoming/incomingEvent.ts';

export const incomingEventsQuery = z.strictObject(pageQuery);

export const incomingEventSchema = z
  .object({
    id: z.string().meta({ description: "The provider's id of the event.", example: 'evt_1' }),
    provider: z.enum(PROVIDERS),
    type: z.string(),
    outcome: z.enum(['handled', 'ignored', 'failed']).meta({
      description:
        '`ignored`: the event had nothing to change. `failed`: the event could not be handled; it is retried once ' +
        'a day, and can be replayed.',
    }),
    orderId: z.string().nullable(),
    handledAt: timeOut.meta({ description: 'When the event was handled; for a failed event, the last try.' }),
    failedSince: timeOut.nullable(),
    error: z
      .object({ code: z.string(), message: z.string() })
      .nullable()
      .meta({ description: 'Why the event failed.' }),
  })
  .meta({ id: 'IncomingEvent' });

export const replayedEventSchema = z
  .object({
    id: z.string(),
    type: z.string(),
    duplicate: z.boolean().meta({ description: 'True if the event had taken effect before; nothing was done now.' }),
    orderId: z.string().nullable(),
  })
  .meta({ id: 'ReplayedEvent' });

export function renderIncomingEvent(event: IncomingEvent | FailedEvent): z.input<typeof incomingEventSchema> {
  const { eventId: id, provider, type, outcome, handledAt } = event;
  const common = { id, provider, type, outcome, handledAt };
  if (event.outcome !== 'failed') return { ...common, orderId: event.orderId, failedSince: null, error: null };
  return { ...common, orderId: null, failedSince: event.failedSince, error: event.error };
}
