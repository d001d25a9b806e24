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

/** What a key may be restricted to. */
const ruleFields = {
  rateLimitPerMinute: z.int().min(1).max(MAX_REQUESTS_PER_MINUTE).nullable().optional().meta({
    description: "Requests a minute, beside the account's limit. Null, as for every rule: not restricted.",
    example: 60,
  }),
  allowedIps: z
    .array(ipRange.meta({ example: '203.0.113.0/24' }))
    .min(1)
    .max(MAX_RANGES)
    .transform(distinct)
    .nullable()
    .optional()
    .meta({ description: 'IPv4 and IPv6 addresses and CIDR ranges that the key is accepted from.' }),
  allowedOperations: names(40).optional().meta({ description: 'The operations that it may be used for.' }),
  allowedModels: names(100).optional().meta({
    description: 'The models that it may be used for; then usage has to name its model, not a tier.',
  }),
  creditsPerDay: credits.optional().meta({
    description: 'What it may spend or hold a day in UTC, counted from when the cap is set.',
  }),
  creditsPerMonth: credits.optional().meta({
    description: 'What it may spend or hold a calendar month in UTC, counted from when the cap is set.',
  }),
  alertPercent: z
    .int()
    .min(1)
    .max(100)
    .nullable()
    .optional()
    .meta({
      description:
        'The part of a cap at which `api_key.near_limit` is told, once a day or month; ' +
        `${DEFAULT_ALERT_PERCENT} unless given.`,
    }),
};

export const createKeySchema = z.strictObject({
  name: text(100).default('api-key'),
  kind: z.enum(API_KEY_KINDS).default('live'),
  scopes: scopesSchema.optional().meta({ description: 'All scopes unless given. Management keys have none.' }),
  expiresAt: timeSchema.nullable().default(null),
  subscriptionId: idSchema
    .optional()
    .meta({ description: 'A live key for the credits of a subscription; it is revoked when that ends.' }),
  integrationId: idSchema
    .optional()
    .meta({ description: 'The store integration that the key belongs to; it is revoked with that.' }),
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
    description: 'How long the present secret goes on working. One that was replaced before ends at once.',
  }),
});
export type RotateKeyRequest = z.output<typeof rotateKeySchema>;

export const keySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(API_KEY_KINDS),
    scopes: z.array(z.enum(SCOPES)),
    hint: z.string().meta({ description: 'How the key begins and ends.', example: 'ndsp_live_…x7Qa' }),
    isActive: z.boolean(),
    walletId: z.string().nullable().meta({ description: 'What it spends from; null for management keys.' }),
    integrationId: z.string().nullable(),
    rateLimitPerMinute: z.int().nullable(),
    allowedIps: z.array(z.string()).nullable(),
    allowedOperations: z.array(z.string()).nullable(),
    allowedModels: z.array(z.string()).nullable(),
    creditsPerDay: z.int().nullable(),
    creditsPerMonth: z.int().nullable(),
    alertPercent: z.int().nullable(),
    usedTodayCredits: z.int().nullable().meta({ description: 'Of `creditsPerDay`; null without such a cap.' }),
    usedThisMonthCredits: z.int().nullable().meta({ description: 'Of `creditsPerMonth`; null without such a cap.' }),
    createdAt: timeOut,
    expiresAt: timeOut.nullable(),
    revokedAt: timeOut.nullable(),
    rotatedAt: timeOut
      .nullable()
      .meta({ description: 'When it was given its present secret, if not with its creation.' }),
    previousSecretEndsAt: timeOut.nullable().meta({ description: 'Until when the secret before that works, too.' }),
  })
  .meta({ id: 'ApiKey' });

export const createdKeySchema = keySchema
  .extend({
    apiKey: z.string().nullable().meta({
      description: 'The secret: shown this once. Null when the request is a replay, because it is not stored.',
    }),
  })
  .meta({ id: 'CreatedApiKey' });

/**
 * A key as its owner sees it.
 * @param use what it has spent, if it has caps
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
