import * as z from 'zod';
import { data } from '../platform/http/replies.ts';
import { defineRoute } from '../platform/http/route.ts';
import { dataOf } from '../platform/http/schemas.ts';
import type { Pack, Plan, Prices } from './catalog.ts';
import { CURRENCIES } from './currency.ts';
import { type Price, priceSchema, renderPrice } from './money.ts';
import type { CatalogNeeds } from './needs.ts';

const CACHE_SECONDS = 60;
const tag = 'Catalog';
const access = { to: 'public' } as const;

const packSchema = z
  .object({
    key: z.string(),
    name: z.string(),
    credits: z.int(),
    prices: z.array(priceSchema),
    note: z.string().nullable(),
  })
  .meta({ id: 'Pack' });

const planSchema = z
  .object({
    slug: z.string(),
    name: z.string(),
    description: z.string(),
    credits: z.int().meta({ description: 'Credits per month of a renewing plan, or for the whole term.' }),
    renews: z.boolean(),
    termDays: z.int().nullable().meta({ description: 'Days that a fixed-term plan lasts; null for a renewing plan.' }),
    prices: z.array(priceSchema.extend({ interval: z.enum(['term', 'month', 'year']) })),
    features: z.array(z.string()),
  })
  .meta({ id: 'Plan' });

const packsResponse = dataOf(z.array(packSchema));

function packsAt(path: string) {
  return defineRoute({
    method: 'get',
    path,
    tag,
    summary: 'List credit packs and their prices',
    access,
    response: packsResponse,
    cacheSeconds: CACHE_SECONDS,
    handle: async (deps: CatalogNeeds) => data((await deps.catalog.current()).packs.map(renderPack)),
  });
}

export const packRoutes = [
  packsAt('/account/credit-packs'),
  packsAt('/billing/packs'),
  defineRoute({
    method: 'get',
    path: '/billing/plans',
    tag,
    summary: 'List plans and their prices',
    access,
    response: dataOf(z.array(planSchema)),
    cacheSeconds: CACHE_SECONDS,
    handle: async (deps: CatalogNeeds) => data((await deps.catalog.current()).plans.map(renderPlan)),
  }),
];

function renderPrices(prices: Prices): Price[] {
  return CURRENCIES.flatMap((currency) => {
    const unitAmountMinor = prices[currency];
    return unitAmountMinor === undefined ? [] : [renderPrice(unitAmountMinor, currency)];
  });
}

function renderPack({ key, name, credits, unitAmountsMinor, note }: Pack): z.input<typeof packSchema> {
  return { key, name, credits, prices: renderPrices(unitAmountsMinor), note: note ?? null };
}

function renderPlan({ slug, name, description, credits, billing, features }: Plan): z.input<typeof planSchema> {
  const common = { slug, name, description, credits, features };
  if (billing.type === 'fixed_term') {
    const prices = renderPrices(billing.unitAmountsMinor).map((price) => ({ ...price, interval: 'term' as const }));
    return { ...common, renews: false, termDays: billing.termDays, prices };
  }
  const monthly = renderPrices(billing.monthlyUnitAmountsMinor).map((price) => ({
    ...price,
    interval: 'month' as const,
  }));
  const yearly = renderPrices(billing.yearlyUnitAmountsMinor).map((price) => ({ ...price, interval: 'year' as const }));
  return { ...common, renews: true, termDays: null, prices: [...monthly, ...yearly] };
}
