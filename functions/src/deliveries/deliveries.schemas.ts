import * as z from 'zod';
import { idSchema, pageQuery, text, timeOut } from '../http/schemas.ts';
import { isShallow } from '../shared/jsonDepth.ts';
import {
  DELIVERY_ERROR_CODES,
  DELIVERY_OPERATIONS,
  DELIVERY_STATUSES,
  type Delivery,
  needsRecipient,
} from './delivery.ts';

const MAX_PAYLOAD_DEPTH = 20;

export const createDeliverySchema = z
  .strictObject({
    operation: z.enum(DELIVERY_OPERATIONS).meta({ example: 'presetShare' }),
    recipient: text(200)
      .optional()
      .meta({ description: 'Whom it is about; needed except for login and presetList.', example: 'ada' }),
    payload: z
      .record(z.string(), z.unknown())
      .refine((payload) => isShallow(payload, MAX_PAYLOAD_DEPTH), {
        message: `must be nested at most ${MAX_PAYLOAD_DEPTH} levels deep`,
      })
      .default({})
      .meta({ description: 'For the service, which alone understands it. It is not kept.' }),
    integrationId: idSchema.optional().meta({ description: 'The key’s own integration unless given.' }),
  })
  .refine(({ operation, recipient }) => recipient !== undefined || !needsRecipient(operation), {
    path: ['recipient'],
    message: 'is required for this operation',
  });
export type CreateDeliveryRequest = z.output<typeof createDeliverySchema>;

export const deliveriesQuery = z.strictObject({
  ...pageQuery,
  status: z.enum(DELIVERY_STATUSES).optional(),
  operation: z.enum(DELIVERY_OPERATIONS).optional(),
  integrationId: idSchema.optional(),
});

const refusalSchema = z.object({ code: z.string(), message: z.string() });

export const deliverySchema = z
  .object({
    id: z.string(),
    walletId: z.string(),
    operation: z.enum(DELIVERY_OPERATIONS),
    recipient: z.string().nullable(),
    integrationId: z.string().nullable(),
    apiKeyId: z.string().nullable(),
    status: z.enum(DELIVERY_STATUSES).meta({
      description: 'Unconfirmed: the service has not said yet whether it was made; the price stays held until it does.',
    }),
    amountCredits: z.int().meta({ description: 'The price.' }),
    costCredits: z.int().meta({ description: 'What was spent for good: the price once it is delivered.' }),
    chargeId: z.string().nullable().meta({ description: 'The hold; null for what is free.' }),
    attempts: z.array(
      z.object({
        outcome: z.string(),
        httpStatus: z.int().nullable(),
        latencyMs: z.int(),
        error: refusalSchema.nullable(),
      }),
    ),
    latencyMs: z.int().nullable().meta({ description: 'From the request to its end.' }),
    result: z.unknown().meta({ description: 'What the service gave back; null unless it is delivered.' }),
    error: z.object({ code: z.enum(DELIVERY_ERROR_CODES), message: z.string(), upstream: refusalSchema }).nullable(),
    createdAt: timeOut,
    settledAt: timeOut.nullable(),
  })
  .meta({ id: 'Delivery' });

export function renderDelivery(delivery: Delivery): z.input<typeof deliverySchema> {
  const { id, walletId, operation, recipient, integrationId, apiKeyId, status } = delivery;
  const { amountCredits, spentCredits, chargeId, attempts, error, createdAt, settledAt, resultJson } = delivery;
  return {
    id,
    walletId,
    operation,
    recipient,
    integrationId,
    apiKeyId,
    status,
    amountCredits,
    costCredits: spentCredits,
    chargeId,
    attempts: attempts.map(({ outcome, httpStatus, latencyMs, refusal }) => ({
      outcome,
      httpStatus,
      latencyMs,
      error: refusal,
    })),
    latencyMs: settledAt === null ? null : Date.parse(settledAt) - Date.parse(createdAt),
    result: resultJson === null ? null : JSON.parse(resultJson),
    error,
    createdAt,
    settledAt,
  };
}
