import { notFound } from '../platform/errors/refusal.ts';
import { packExists, planExists } from './catalog.errors.ts';
import type { Catalog, Pack, Plan } from './catalog.ts';
import type { CatalogChange } from './changeCatalog.ts';

/** Splits a request into the information about the change (reason, base version, removals) and the changed fields. */
export function splitChange<T extends CatalogChange>(body: T) {
  const { reason, baseVersion, removes, ...rest } = body;
  return { about: { reason, baseVersion, removes }, fields: withoutUndefined(rest) };
}

/**
 * Returns the catalog with another pack at the end.
 * @throws PACK_EXISTS
 */
export function withPack(catalog: Catalog, pack: Pack): Catalog {
  if (catalog.packs.some(({ key }) => key === pack.key)) throw packExists();
  return { ...catalog, packs: [...catalog.packs, pack] };
}

/**
 * Returns the catalog with a changed pack.
 * @throws PACK_NOT_FOUND
 */
export function withChangedPack(catalog: Catalog, key: string, change: Partial<Pack>): Catalog {
  findPack(catalog, key);
  return { ...catalog, packs: catalog.packs.map((pack) => (pack.key === key ? { ...pack, ...change } : pack)) };
}

/**
 * Returns the catalog with another plan at the end.
 * @throws PLAN_EXISTS
 */
export function withPlan(catalog: Catalog, plan: Plan): Catalog {
  if (catalog.plans.some(({ slug }) => slug === plan.slug)) throw planExists();
  return { ...catalog, plans: [...catalog.plans, plan] };
}

/**
 * Returns the catalog with a changed plan.
 * @throws PLAN_NOT_FOUND
 */
export function withChangedPlan(catalog: Catalog, slug: string, change: Partial<Plan>): Catalog {
  findPlan(catalog, slug);
  return { ...catalog, plans: catalog.plans.map((plan) => (plan.slug === slug ? { ...plan, ...change } : plan)) };
}

/**
 * Returns the pack with a key.
 * @throws PACK_NOT_FOUND
 */
export function findPack({ packs }: Catalog, key: string): Pack {
  const pack = packs.find((candidate) => candidate.key === key);
  if (!pack) throw notFound('PACK_NOT_FOUND');
  return pack;
}

/**
 * Returns the plan with a slug.
 * @throws PLAN_NOT_FOUND
 */
export function findPlan({ plans }: Catalog, slug: string): Plan {
  const plan = plans.find((candidate) => candidate.slug === slug);
  if (!plan) throw notFound('PLAN_NOT_FOUND');
  return plan;
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as never;
}
