import * as z from 'zod';
import { idSchema, text, timeOut } from '../http/schemas.ts';
import { MAX_QUANTITY } from '../pricing/price.ts';
import { MAX_TOKENS } from '../pricing/tokenPrice.ts';
import { CHARGE_STATUSES } from '../wallets/entry.ts';

/** How long a hold lasts unless said otherwise, and at the most. */
export const DEFAULT_HOLD_SECONDS = 15 * 60;
const MAX_HOLD_SECONDS = 7 * 24 * 60 * 60;

const MAX_METADATA_FIELDS = 20;

const holdSeconds = z.int().min(1).max(MAX_HOLD_SECONDS);

const metadataName = z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,39}$/, {
  message: 'must be 1 to 40 letters, digits, dots, underscores and dashes, a letter first',
});

/** Notes of the caller's own. Names begin with a letter, so that they can stand in any store. */
const metadataSchema = z
  .record(metadataName, text(500, 0))
  .refine((metadata) => Object.keys(metadata).length <= MAX_METADATA_FIELDS, {
    message: `must have at most ${MAX_METADATA_FIELDS} fields`,
  });

const tokens = z.int().min(0).max(MAX_TOKENS);

/** What a call of a model used, for operations that are priced by it. */
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
  usage: usageSchema.optional().meta({ description: 'Tokens used; for metered operations only, and needed there.' }),
};

export const estimateSchema = z.strictObject(pricedSchema);

export const createChargeSchema = z
  .strictObject({
    ...pricedSchema,
    capture: z.boolean().default(true).meta({ description: 'false makes a hold, to be captured or released later.' }),
    holdSeconds: holdSeconds.optional().meta({ description: `Only for a hold; ${DEFAULT_HOLD_SECONDS} unless given.` }),
    description: text(200).optional(),
    metadata: metadataSchema.default({}),
    walletId: idSchema.optional(),
  })
  .refine((charge) => !charge.capture || charge.holdSeconds === undefined, {
    path: ['holdSeconds'],
    message: 'only goes with capture: false',
  });
export type CreateChargeRequest = z.output<typeof createChargeSchema>;

/** Charges of one batch; each has its own result. */
const MAX_BATCH_SIZE = 100;

export const batchSchema = z.strictObject({ charges: z.array(createChargeSchema).min(1).max(MAX_BATCH_SIZE) });

export const captureChargeSchema = z.strictObject({
  amountCredits: z
    .int()
    .min(0)
    .optional()
    .meta({ description: 'The whole hold unless given. More than the hold is possible while the balance covers it.' }),
});

export const releaseChargeSchema = z.strictObject({});

export const extendChargeSchema = z.strictObject({
  holdSeconds: holdSeconds.meta({ description: 'Seconds from now. A deadline never moves nearer.' }),
});

export const chargeSchema = z
  .object({
    id: z.string(),
    walletId: z.string(),
    operation: z.string(),
    quantity: z.int(),
    status: z.enum(CHARGE_STATUSES),
    amountCredits: z.int().meta({ description: 'The price.' }),
    capturedCredits: z.int().meta({ description: 'What was spent for good.' }),
    balanceAfterCredits: z
      .int()
      .meta({ description: 'Available credits right after it was made or, since then, settled.' }),
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
    .meta({ description: 'In the order of the request.' }),
});

export const estimateResultSchema = z
  .object({
    operation: z.string(),
    quantity: z.int(),
    amountCredits: z.int(),
    availableCredits: z.int(),
    sufficient: z.boolean().meta({ description: 'Whether the balance, and the caps of the key, cover it.' }),
  })
  .meta({ id: 'Estimate' });
