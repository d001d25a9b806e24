import { isShallow } from '@cloud-bridge/base';
import * as z from 'zod';
import { idSchema, pageQuery, text, timeOut } from '../../platform/http/schemas.ts';
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
    recipient: text(200).optional().meta({
      description: 'The user whom the delivery concerns. Required except for login and presetList.',
      example: 'ada',
    }),
    payload: z
      .record(z.string(), z.unknown())
      .refine((payload) => isShallow(payload, MAX_PAYLOAD_DEPTH), {
        message: `must be nested at most ${MAX_PAYLOAD_DEPTH} levels deep`,
      })
      .default({})
      .meta({ description: 'Data for the service. It is passed on unchanged, and not stored.' }),
    integrationId: idSchema.optional().meta({ description: 'Default: the key’s own integration.' }),
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
      description:
        'unconfirmed: the service has not yet said whether the delivery was made; the price stays held until it does.',
    }),
    amountCredits: z.int().meta({ description: 'The price.' }),
    costCredits: z.int().meta({ description: 'Credits that were spent: the price once the delivery was made.' }),
    chargeId: z.string().nullable().meta({ description: 'The hold of the price; null for a free delivery.' }),
    attempts: z.array(
      z.object({
        outcome: z.string(),
        httpStatus: z.int().nullable(),
        latencyMs: z.int(),
        error: refusalSchema.nullable(),
      }),
    ),
    latencyMs: z.int().nullable().meta({ description: 'Milliseconds from the request to the end of the delivery.' }),
    result: z.unknown().meta({ description: 'The result from the service; null unless the delivery was made.' }),
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
