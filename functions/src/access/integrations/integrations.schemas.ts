import * as z from 'zod';
import { text, timeOut } from '../../platform/http/schemas.ts';
import { keySchema } from '../apiKeys/apiKeys.schemas.ts';
import type { Integration } from './integration.ts';

const platformSchema = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, {
  message: 'must be a name in lower case, such as shopify',
});

export const createIntegrationSchema = z.strictObject({
  name: text(100).meta({ example: 'My shop' }),
  platform: platformSchema.default('custom').meta({ example: 'shopify' }),
});
export type CreateIntegrationRequest = z.output<typeof createIntegrationSchema>;

export const updateIntegrationSchema = z
  .strictObject({ name: text(100).optional(), platform: platformSchema.optional() })
  .refine((change) => Object.keys(change).length > 0, { message: 'must have name or platform' });
export type UpdateIntegrationRequest = z.output<typeof updateIntegrationSchema>;

const statisticsSchema = z
  .object({
    deliveryCount: z.int(),
    deliveredCount: z.int(),
    refusedCount: z.int(),
    failedCount: z.int(),
    spentCredits: z.int(),
    operations: z.record(z.string(), z.object({ count: z.int(), spentCredits: z.int() })),
  })
  .meta({ description: 'Totals of the ended deliveries of the integration, except those with test keys.' });

export const integrationSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    platform: z.string(),
    statistics: statisticsSchema,
    createdAt: timeOut,
    updatedAt: timeOut,
    deletedAt: timeOut.nullable(),
  })
  .meta({ id: 'Integration' });

export const integrationWithKeysSchema = integrationSchema
  .extend({ keys: z.array(keySchema).meta({ description: 'API keys of the integration, newest first.' }) })
  .meta({ id: 'IntegrationWithKeys' });

export function renderIntegration(integration: Integration): z.input<typeof integrationSchema> {
  const { id, name, platform, statistics, createdAt, updatedAt, deletedAt } = integration;
  const { deliveredCount, refusedCount, failedCount } = statistics;
  const deliveryCount = deliveredCount + refusedCount + failedCount;
  return {
    id,
    name,
    platform,
    statistics: { ...statistics, operations: { ...statistics.operations }, deliveryCount },
    createdAt,
    updatedAt,
    deletedAt,
  };
}

export function renderWithKeys(
  integration: Integration,
  keys: readonly z.input<typeof keySchema>[],
): z.input<typeof integrationWithKeysSchema> {
  return { ...renderIntegration(integration), keys: [...keys] };
}
