import * as z from 'zod';
import { data } from '../../platform/http/replies.ts';
import { defineRoute } from '../../platform/http/route.ts';
import { dataOf } from '../../platform/http/schemas.ts';
import type { ReadsCatalog } from '../needs.ts';

const CACHE_SECONDS = 60;

export const pricingRoutes = [
  defineRoute({
    method: 'get',
    path: '/billing/pricing',
    tag: 'Catalog',
    summary: 'List the prices of operations in credits',
    access: { to: 'public' },
    response: z.object({
      success: z.literal(true),
      pricing: z.record(z.string(), z.int().min(0)).meta({
        description: 'Credits for one unit of each operation; 0 is free.',
        example: { follow: 3, presetList: 0 },
      }),
    }),
    cacheSeconds: CACHE_SECONDS,
    handle: async (deps: ReadsCatalog) => {
      const { operations } = await deps.catalog.current();
      return { body: { success: true as const, pricing: operations } };
    },
  }),
  defineRoute({
    method: 'get',
    path: '/billing/pricing/tokens',
    tag: 'Catalog',
    summary: 'List the prices of tokens in credits',
    description: 'Metered operations are priced by tokens.',
    access: { to: 'public' },
    response: dataOf(
      z.object({
        operations: z.array(z.string()),
        tiers: z.record(
          z.string(),
          z.object({
            inputCreditsPer1kTokens: z.int(),
            outputCreditsPer1kTokens: z.int(),
            models: z.array(z.string()),
          }),
        ),
      }),
    ),
    cacheSeconds: CACHE_SECONDS,
    handle: async (deps: ReadsCatalog) => {
      const { meteredOperations, tokenTiers, models } = await deps.catalog.current();
      const modelsOf = (tier: string) => Object.keys(models).filter((model) => models[model] === tier);
      const tiers = Object.entries(tokenTiers).map(([tier, prices]) => [tier, { ...prices, models: modelsOf(tier) }]);
      return data({ operations: meteredOperations, tiers: Object.fromEntries(tiers) });
    },
  }),
];
