import { z } from 'zod';
import { defineRoute } from '../http/route.ts';

const CACHE_SECONDS = 60;

export const pricingRoutes = [
  defineRoute({
    method: 'get',
    path: '/billing/pricing',
    tag: 'Catalog',
    summary: 'What each operation costs, in credits',
    access: { to: 'public' },
    response: z.object({
      success: z.literal(true),
      pricing: z.record(z.string(), z.int().min(0)).meta({
        description: 'Credits for one unit of each operation; 0 is free.',
        example: { follow: 3, presetList: 0 },
      }),
    }),
    cacheSeconds: CACHE_SECONDS,
    handle: async (deps) => {
      const { operations } = await deps.catalog.current();
      return { body: { success: true as const, pricing: operations } };
    },
  }),
];
