/** Routes of operators for plans, packs and prices. */

import * as z from 'zod';
import { operatorRequest } from '../access/auditLog/auditLog.ts';
import { data } from '../platform/http/replies.ts';
import { defineRoute } from '../platform/http/route.ts';
import { dataOf, idParams } from '../platform/http/schemas.ts';
import {
  changePricingSchema,
  createPackSchema,
  createPlanSchema,
  pricingSchema,
  updatePackSchema,
  updatePlanSchema,
} from './catalog.schemas.ts';
import { type Catalog, packSchema, planSchema } from './catalog.ts';
import { changeCatalog } from './changeCatalog.ts';
import {
  findPack,
  findPlan,
  splitChange,
  withChangedPack,
  withChangedPlan,
  withPack,
  withPlan,
} from './changeProducts.ts';
import type { CatalogNeeds } from './needs.ts';

const tag = 'Admin';
const access = { to: 'admin' } as const;
const reused = ['IDEMPOTENCY_KEY_REUSED'] as const;
const description = 'Makes a new version of the catalog. Parts that are left out stay as they are.';

export const adminProductRoutes = [
  defineRoute({
    method: 'get',
    path: '/admin/plans',
    tag,
    summary: 'List the plans of the catalog',
    access,
    response: dataOf(z.array(planSchema)),
    handle: async (deps: CatalogNeeds) => data((await deps.catalogVersions.current()).plans),
  }),
  defineRoute({
    method: 'post',
    path: '/admin/plans',
    tag,
    summary: 'Add a plan',
    description,
    access,
    body: createPlanSchema,
    response: dataOf(planSchema),
    status: 201,
    errors: [...reused, 'PLAN_EXISTS', 'CATALOG_CHANGED'],
    handle: async (deps: CatalogNeeds, request) => {
      const { about, fields } = splitChange(request.body);
      const operator = operatorRequest(request, 'catalog.change');
      const made = await changeCatalog(deps, operator, about, (current) => withPlan(current, fields));
      return data(findPlan(made.version.catalog, fields.slug), made.replayed);
    },
  }),
  defineRoute({
    method: 'put',
    path: '/admin/plans/:id',
    tag,
    summary: 'Change a plan',
    description: `The id is the slug of the plan. ${description} Running subscriptions keep their terms.`,
    access,
    params: idParams,
    body: updatePlanSchema,
    response: dataOf(planSchema),
    errors: [...reused, 'PLAN_NOT_FOUND', 'CATALOG_CHANGED', 'CATALOG_WOULD_REMOVE'],
    handle: async (deps: CatalogNeeds, request) => {
      const { id } = request.params;
      const { about, fields } = splitChange(request.body);
      const operator = operatorRequest(request, 'catalog.change');
      const made = await changeCatalog(deps, operator, about, (current) => withChangedPlan(current, id, fields));
      return data(findPlan(made.version.catalog, id), made.replayed);
    },
  }),
  defineRoute({
    method: 'get',
    path: '/admin/packs',
    tag,
    summary: 'List the packs of the catalog',
    access,
    response: dataOf(z.array(packSchema)),
    handle: async (deps: CatalogNeeds) => data((await deps.catalogVersions.current()).packs),
  }),
  defineRoute({
    method: 'post',
    path: '/admin/packs',
    tag,
    summary: 'Add a pack',
    description,
    access,
    body: createPackSchema,
    response: dataOf(packSchema),
    status: 201,
    errors: [...reused, 'PACK_EXISTS', 'CATALOG_CHANGED'],
    handle: async (deps: CatalogNeeds, request) => {
      const { about, fields } = splitChange(request.body);
      const operator = operatorRequest(request, 'catalog.change');
      const made = await changeCatalog(deps, operator, about, (current) => withPack(current, fields));
      return data(findPack(made.version.catalog, fields.key), made.replayed);
    },
  }),
  defineRoute({
    method: 'put',
    path: '/admin/packs/:id',
    tag,
    summary: 'Change a pack',
    description: `The id is the key of the pack. ${description}`,
    access,
    params: idParams,
    body: updatePackSchema,
    response: dataOf(packSchema),
    errors: [...reused, 'PACK_NOT_FOUND', 'CATALOG_CHANGED', 'CATALOG_WOULD_REMOVE'],
    handle: async (deps: CatalogNeeds, request) => {
      const { id } = request.params;
      const { about, fields } = splitChange(request.body);
      const operator = operatorRequest(request, 'catalog.change');
      const made = await changeCatalog(deps, operator, about, (current) => withChangedPack(current, id, fields));
      return data(findPack(made.version.catalog, id), made.replayed);
    },
  }),
  defineRoute({
    method: 'get',
    path: '/admin/pricing',
    tag,
    summary: 'Get the prices of operations, tokens and top-ups',
    access,
    response: dataOf(pricingSchema),
    handle: async (deps: CatalogNeeds) => data(pricingOf(await deps.catalogVersions.current())),
  }),
  defineRoute({
    method: 'put',
    path: '/admin/pricing',
    tag,
    summary: 'Change the prices of operations, tokens or top-ups',
    description:
      `${description} A given part replaces the whole part; ` +
      'entries that it leaves out must be named in `removes`.',
    access,
    body: changePricingSchema,
    response: dataOf(pricingSchema),
    errors: [...reused, 'CATALOG_CHANGED', 'CATALOG_WOULD_REMOVE'],
    handle: async (deps: CatalogNeeds, request) => {
      const { about, fields } = splitChange(request.body);
      const operator = operatorRequest(request, 'catalog.change');
      const made = await changeCatalog(deps, operator, about, (current) => ({ ...current, ...fields }));
      return data(pricingOf(made.version.catalog), made.replayed);
    },
  }),
];

function pricingOf({ version, operations, meteredOperations, tokenTiers, models, topUp }: Catalog) {
  return { version, operations, meteredOperations, tokenTiers, models, topUp };
}
