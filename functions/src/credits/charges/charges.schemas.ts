import { CHARGE_STATUSES } from '@cloud-bridge/ledger';
import * as z from 'zod';
import { MAX_QUANTITY } from '../../catalog/pricing/price.ts';
import { MAX_TOKENS } from '../../catalog/pricing/tokenPrice.ts';
import { idSchema, text, timeOut } from '../../platform/http/schemas.ts';

/** Default duration of a hold; the longest is a week. */
export const DEFAULT_HOLD_SECONDS = 15 * 60;
const MAX_HOLD_SECONDS = 7 * 24 * 60 * 60;

const MAX_METADATA_FIELDS = 20;

const holdSeconds = z.int().min(1).max(MAX_HOLD_SECONDS);

const metadataName = z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,39}$/, {
  message: 'must be 1 to 40 letters, digits, dots, underscores and dashes, a letter first',
});

/** The caller's own notes on a charge. Names begin with a letter, so that any database can store them. */
const metadataSchema = z
  .record(metadataName, text(500, 0))
  .refine((metadata) => Object.keys(metadata).length <= MAX_METADATA_FIELDS, {
    message: `must have at most ${MAX_METADATA_FIELDS} fields`,
  });

const tokens = z.int().min(0).max(MAX_TOKENS);

/** The tokens that a call of a model used, for operations whose price depends on them. */
const usageSchema = z
  .strictObject({
    model: z.string().min(1).max(100).optional().meta({ example: 'gpt-4o-mini' }),
    tier: z.string().min(1).max(40).optional().meta({ example: 'core' }),
    inputTokens: tokens,
    outputTokens: tokens,
  })
  .refine(({ model, tier }) => (model === undefined) !== (tier === undefined), {
    path: ['model'],
    message: 'exactly one of model and tier is required',
  });

const pricedSchema = {
  operation: z.string().min(1).max(40).meta({ example: 'presetShare' }),
  quantity: z.int().min(1).max(MAX_QUANTITY).default(1),
  usage: usageSchema
    .optional()
    .meta({ description: 'Tokens used. Required for metered operations, and refused for others.' }),
};

export const estimateSchema = z.strictObject(pricedSchema);

export const createChargeSchema = z
  .strictObject({
    ...pricedSchema,
    capture: z.boolean().default(true).meta({ description: 'false creates a hold, to be captured or released later.' }),
    holdSeconds: holdSeconds.optional().meta({ description: `Only for a hold. Default: ${DEFAULT_HOLD_SECONDS}.` }),
    description: text(200).optional(),
    metadata: metadataSchema.default({}),
    walletId: idSchema.optional(),
  })
  .refine((charge) => !charge.capture || charge.holdSeconds === undefined, {
    path: ['holdSeconds'],
    message: 'only goes with capture: false',
  });
export type CreateChargeRequest = z.output<typeof createChargeSchema>;

/** Most charges in one batch. */
const MAX_BATCH_SIZE = 100;

export const batchSchema = z.strictObject({ charges: z.array(createChargeSchema).min(1).max(MAX_BATCH_SIZE) });

export const captureChargeSchema = z.strictObject({
  amountCredits: z
    .int()
    .min(0)
    .optional()
    .meta({ description: 'Default: the whole hold. May exceed the hold if the balance covers the excess.' }),
});

export const releaseChargeSchema = z.strictObject({});

export const extendChargeSchema = z.strictObject({
  holdSeconds: holdSeconds.meta({ description: 'Seconds from now. A deadline that is already later stays.' }),
});

export const chargeSchema = z
  .object({
    id: z.string(),
    walletId: z.string(),
    operation: z.string(),
    quantity: z.int(),
    status: z.enum(CHARGE_STATUSES),
    amountCredits: z.int().meta({ description: 'The price.' }),
    capturedCredits: z.int().meta({ description: 'Credits that were spent.' }),
    balanceAfterCredits: z.int().meta({
      description: 'Available credits directly after the charge was made or, if it was settled, after the settlement.',
    }),
    createdAt: timeOut,
    settledAt: timeOut.nullable(),
    holdExpiresAt: timeOut.nullable(),
    description: z.string(),
    metadata: z.record(z.string(), z.string()),
  })
  .meta({ id: 'Charge' });

export const batchResultSchema = z.object({
  results: z
    .array(
      z.discriminatedUnion('success', [
        z.object({ success: z.literal(true), data: chargeSchema }),
        z.object({
          success: z.literal(false),
          error: z.object({
            code: z.string(),
            message: z.string(),
            details: z.record(z.string(), z.unknown()).optional(),
          }),
        }),
      ]),
    )
    .meta({ description: 'One result per charge, in the order of the request.' }),
});

export const estimateResultSchema = z
  .object({
    operation: z.string(),
    quantity: z.int(),
    amountCredits: z.int(),
    availableCredits: z.int(),
    sufficient: z.boolean().meta({ description: 'Whether the balance and the caps of the key cover the price.' }),
  })
  .meta({ id: 'Estimate' });
