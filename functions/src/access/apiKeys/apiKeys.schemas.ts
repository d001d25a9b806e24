import type { IsoTime } from '@cloud-bridge/base';
import type { KeyUse } from '@cloud-bridge/ledger';
import * as z from 'zod';
import { SCOPES } from '../../platform/http/caller.ts';
import { idSchema, text, timeOut, timeSchema } from '../../platform/http/schemas.ts';
import { API_KEY_KINDS, type ApiKey, isActive, KEY_PREFIX, walletIdOf } from './apiKey.ts';
import { isIpRange } from './ipRanges.ts';
import { DEFAULT_ALERT_PERCENT, rulesOf } from './keyRules.ts';

const scopesSchema = z
  .array(z.enum(SCOPES))
  .min(1)
  .transform((scopes) => [...new Set(scopes)]);

const MAX_LISTED = 100;
const MAX_RANGES = 50;
const MAX_REQUESTS_PER_MINUTE = 1_000_000;

const distinct = <T>(items: readonly T[]): T[] => [...new Set(items)];
const names = (maxLength: number) => z.array(text(maxLength)).min(1).max(MAX_LISTED).transform(distinct).nullable();
const ipRange = z.string().refine(isIpRange, { message: 'must be an IP address or a CIDR range' });
const credits = z.int().min(0).max(Number.MAX_SAFE_INTEGER).nullable();

/** The rules that restrict a key, as requests give them. */
const ruleFields = {
  rateLimitPerMinute: z.int().min(1).max(MAX_REQUESTS_PER_MINUTE).nullable().optional().meta({
    description: "Requests per minute, in addition to the account's limit. Null for any rule: no restriction.",
    example: 60,
  }),
  allowedIps: z
    .array(ipRange.meta({ example: '203.0.113.0/24' }))
    .min(1)
    .max(MAX_RANGES)
    .transform(distinct)
    .nullable()
    .optional()
    .meta({ description: 'IPv4 and IPv6 addresses and CIDR ranges from which the key is accepted.' }),
  allowedOperations: names(40).optional().meta({ description: 'The operations that the key may be used for.' }),
  allowedModels: names(100).optional().meta({
    description: 'The models that the key may be used for. Usage then has to name its model, not a tier.',
  }),
  creditsPerDay: credits.optional().meta({
    description: 'Credits that the key may spend or hold per UTC day, counted from the time the cap is set.',
  }),
  creditsPerMonth: credits.optional().meta({
    description: 'Credits that the key may spend or hold per UTC calendar month, counted from the time the cap is set.',
  }),
  alertPercent: z
    .int()
    .min(1)
    .max(100)
    .nullable()
    .optional()
    .meta({
      description:
        'Percentage of a cap at which the event `api_key.near_limit` is sent, once per day or month; ' +
        `${DEFAULT_ALERT_PERCENT} by default.`,
    }),
};

export const createKeySchema = z.strictObject({
  name: text(100).default('api-key'),
  kind: z.enum(API_KEY_KINDS).default('live'),
  scopes: scopesSchema.optional().meta({ description: 'All scopes by default. Management keys have none.' }),
  expiresAt: timeSchema.nullable().default(null),
  subscriptionId: idSchema.optional().meta({
    description:
      'Makes a live key spend the credits of this subscription. The key is revoked when the subscription ends.',
  }),
  integrationId: idSchema
    .optional()
    .meta({ description: 'The store integration that the key belongs to. Deleting the integration revokes the key.' }),
  ...ruleFields,
});
export type CreateKeyRequest = z.output<typeof createKeySchema>;

export const updateKeySchema = z
  .strictObject({
    name: text(100).optional(),
    scopes: scopesSchema.optional(),
    expiresAt: timeSchema.nullable().optional(),
    ...ruleFields,
  })
  .refine((change) => Object.keys(change).length > 0, { message: 'must have at least one field' });
export type UpdateKeyRequest = z.output<typeof updateKeySchema>;

const DAY_SECONDS = 24 * 60 * 60;
const MAX_OVERLAP_SECONDS = 7 * DAY_SECONDS;

export const rotateKeySchema = z.strictObject({
  overlapSeconds: z.int().min(0).max(MAX_OVERLAP_SECONDS).default(DAY_SECONDS).meta({
    description:
      'Seconds for which the present secret keeps working. A secret replaced by an earlier rotation stops at once.',
  }),
});
export type RotateKeyRequest = z.output<typeof rotateKeySchema>;

export const keySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(API_KEY_KINDS),
    scopes: z.array(z.enum(SCOPES)),
    hint: z.string().meta({ description: 'The beginning and the end of the secret.', example: 'ndsp_live_…x7Qa' }),
    isActive: z.boolean(),
    walletId: z
      .string()
      .nullable()
      .meta({ description: 'The wallet that the key spends from; null for management keys.' }),
    integrationId: z.string().nullable(),
    rateLimitPerMinute: z.int().nullable(),
    allowedIps: z.array(z.string()).nullable(),
    allowedOperations: z.array(z.string()).nullable(),
    allowedModels: z.array(z.string()).nullable(),
    creditsPerDay: z.int().nullable(),
    creditsPerMonth: z.int().nullable(),
    alertPercent: z.int().nullable(),
    usedTodayCredits: z
      .int()
      .nullable()
      .meta({ description: 'Credits used of `creditsPerDay`; null without that cap.' }),
    usedThisMonthCredits: z
      .int()
      .nullable()
      .meta({ description: 'Credits used of `creditsPerMonth`; null without that cap.' }),
    createdAt: timeOut,
    expiresAt: timeOut.nullable(),
    revokedAt: timeOut.nullable(),
    rotatedAt: timeOut.nullable().meta({ description: 'When the key was last rotated; null if never.' }),
    previousSecretEndsAt: timeOut
      .nullable()
      .meta({ description: 'When the previous secret stops working; null if the key was never rotated.' }),
  })
  .meta({ id: 'ApiKey' });

export const createdKeySchema = keySchema
  .extend({
    apiKey: z.string().nullable().meta({
      description:
        'The secret, returned only once. Null in the answer to a repeated request, because the secret is not stored.',
    }),
  })
  .meta({ id: 'CreatedApiKey' });

/**
 * Renders a key for its owner.
 * @param use the credits that the key has spent, if it has caps
 */
export function renderKey(key: ApiKey, use: KeyUse, now: IsoTime): z.input<typeof keySchema> {
  const { allowedIps, allowedOperations, allowedModels, ...rules } = rulesOf(key);
  return {
    id: key.id,
    name: key.name,
    kind: key.kind,
    scopes: [...key.scopes],
    hint: `${KEY_PREFIX[key.kind]}…${key.lastCharacters}`,
    isActive: isActive(key, now),
    walletId: walletIdOf(key),
    integrationId: key.integrationId ?? null,
    ...rules,
    allowedIps: allowedIps && [...allowedIps],
    allowedOperations: allowedOperations && [...allowedOperations],
    allowedModels: allowedModels && [...allowedModels],
    usedTodayCredits: rules.creditsPerDay === null ? null : use.dayCredits,
    usedThisMonthCredits: rules.creditsPerMonth === null ? null : use.monthCredits,
    createdAt: key.createdAt,
    expiresAt: key.expiresAt,
    revokedAt: key.revokedAt,
    rotatedAt: key.rotatedAt ?? null,
    previousSecretEndsAt: key.previousSecretEndsAt ?? null,
  };
}
