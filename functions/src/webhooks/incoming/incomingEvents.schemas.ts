import * as z from 'zod';
import { pageQuery, timeOut } from '../../http/schemas.ts';
import { type IncomingEvent, WEBHOOK_PROVIDERS } from './incomingEvent.ts';

export const incomingEventsQuery = z.strictObject(pageQuery);

export const incomingEventSchema = z
  .object({
    id: z.string().meta({ description: "The provider's id of it.", example: 'evt_1' }),
    provider: z.enum(WEBHOOK_PROVIDERS),
    type: z.string(),
    outcome: z.enum(['handled', 'ignored']).meta({ description: '`ignored`: there was nothing here to change.' }),
    orderId: z.string().nullable(),
    handledAt: timeOut,
  })
  .meta({ id: 'IncomingEvent' });

export const replayedEventSchema = z
  .object({
    id: z.string(),
    type: z.string(),
    duplicate: z.boolean().meta({ description: 'It has had its effect before, so nothing was done.' }),
    orderId: z.string().nullable(),
  })
  .meta({ id: 'ReplayedEvent' });

export function renderIncomingEvent({ eventId, ...event }: IncomingEvent): z.input<typeof incomingEventSchema> {
  return { ...event, id: eventId };
}
