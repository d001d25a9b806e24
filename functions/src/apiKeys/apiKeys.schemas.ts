import * as z from 'zod';
import { SCOPES } from '../http/caller.ts';
import { idSchema, text, timeOut, timeSchema } from '../http/schemas.ts';
import type { IsoTime } from '../shared/time.ts';
import { API_KEY_KINDS, type ApiKey, isActive, KEY_PREFIX, walletIdOf } from './apiKey.ts';

const scopesSchema = z
  .array(z.enum(SCOPES))
  .min(1)
  .transform((scopes) => [...new Set(scopes)]);

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
});
export type CreateKeyRequest = z.output<typeof createKeySchema>;

export const updateKeySchema = z
  .strictObject({
    name: text(100).optional(),
    scopes: scopesSchema.optional(),
    expiresAt: timeSchema.nullable().optional(),
  })
  .refine((change) => Object.keys(change).length > 0, { message: 'name, scopes or expiresAt has to be given' });
export type UpdateKeyRequest = z.output<typeof updateKeySchema>;

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
    createdAt: timeOut,
    expiresAt: timeOut.nullable(),
    revokedAt: timeOut.nullable(),
  })
  .meta({ id: 'ApiKey' });

export const createdKeySchema = keySchema
  .extend({
    apiKey: z.string().nullable().meta({
      description: 'The secret: shown this once. Null when the request is a replay, because it is not stored.',
    }),
  })
  .meta({ id: 'CreatedApiKey' });

/** A key as its owner sees it. */
export function renderKey(key: ApiKey, now: IsoTime): z.input<typeof keySchema> {
  return {
    id: key.id,
    name: key.name,
    kind: key.kind,
    scopes: [...key.scopes],
    hint: `${KEY_PREFIX[key.kind]}…${key.lastCharacters}`,
    isActive: isActive(key, now),
    walletId: walletIdOf(key),
    integrationId: key.integrationId ?? null,
    createdAt: key.createdAt,
    expiresAt: key.expiresAt,
    revokedAt: key.revokedAt,
  };
}
