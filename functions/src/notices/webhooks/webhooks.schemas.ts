import * as z from 'zod';
import { idSchema, text, timeOut } from '../../platform/http/schemas.ts';
import { EVENT_TYPES } from '../events/accountEvent.ts';
import { DELIVERY_STATUSES, type WebhookDelivery } from './delivery.ts';
import { DISABLED_REASONS, type WebhookEndpoint } from './endpoint.ts';

const urlSchema = text(2_000).meta({ description: 'An https URL whose host has public addresses only.' });
const eventsSchema = z
  .array(z.enum(EVENT_TYPES))
  .min(1)
  .transform((types) => [...new Set(types)])
  .nullable()
  .meta({ description: 'The event types to send; null for all types, including types that are added later.' });

export const createWebhookSchema = z.strictObject({
  url: urlSchema,
  description: text(200, 0).default(''),
  events: eventsSchema.default(null),
});
export type CreateWebhookRequest = z.output<typeof createWebhookSchema>;

export const updateWebhookSchema = z
  .strictObject({
    url: urlSchema.optional(),
    description: text(200, 0).optional(),
    events: eventsSchema.optional(),
    enabled: z.boolean().optional(),
  })
  .refine((change) => Object.keys(change).length > 0, {
    message: 'must have url, description, events or enabled',
  });
export type UpdateWebhookRequest = z.output<typeof updateWebhookSchema>;

export const eventParams = z.strictObject({ id: idSchema, eventId: idSchema });

export const webhookSchema = z
  .object({
    id: z.string(),
    url: z.string(),
    description: z.string(),
    events: z.array(z.enum(EVENT_TYPES)).nullable(),
    enabled: z.boolean(),
    disabledReason: z.enum(DISABLED_REASONS).nullable().meta({
      description:
        '`owner`: disabled by its owner. `failing`: every attempt failed for days. `gone`: the server answered 410.',
    }),
    failingSince: timeOut.nullable().meta({ description: 'Time of the first failure since the last success.' }),
    createdAt: timeOut,
    updatedAt: timeOut,
  })
  .meta({ id: 'Webhook' });

export const webhookWithSecretSchema = webhookSchema
  .extend({ secret: z.string().meta({ description: 'The secret that verifies signatures (standardwebhooks.com).' }) })
  .meta({ id: 'WebhookWithSecret' });

const attemptSchema = z.object({
  at: timeOut,
  httpStatus: z.int().nullable(),
  latencyMs: z.int(),
  responseExcerpt: z.string(),
  error: z.string().nullable(),
});

export const webhookEventSchema = z
  .object({
    eventId: z.string(),
    type: z.string(),
    status: z.enum(DELIVERY_STATUSES),
    body: z.string().meta({ description: 'The body of the request, as text.' }),
    attempts: z.array(attemptSchema).meta({ description: 'The latest 20, oldest first.' }),
    nextAttemptAt: timeOut.nullable(),
    createdAt: timeOut,
  })
  .meta({ id: 'WebhookEvent' });

/** Renders an endpoint for the API, without its secrets. */
export function renderWebhook(endpoint: WebhookEndpoint): z.input<typeof webhookSchema> {
  const { id, url, description, events, disabled, failingSince, createdAt, updatedAt } = endpoint;
  return {
    id,
    url,
    description,
    events: events && [...events],
    enabled: disabled === null,
    disabledReason: disabled?.reason ?? null,
    failingSince,
    createdAt,
    updatedAt,
  };
}

/** Renders an endpoint with its newest secret, for the answer to the request that created the secret. */
export function renderWithSecret(endpoint: WebhookEndpoint): z.input<typeof webhookWithSecretSchema> {
  return { ...renderWebhook(endpoint), secret: endpoint.secrets[0]?.value ?? '' };
}

/** Renders a delivery, which is one event for one endpoint, for the API. */
export function renderEvent(delivery: WebhookDelivery): z.input<typeof webhookEventSchema> {
  const { eventId, type, status, body, attempts, nextAttemptAt, createdAt } = delivery;
  return { eventId, type, status, body, attempts: [...attempts], nextAttemptAt, createdAt };
}
