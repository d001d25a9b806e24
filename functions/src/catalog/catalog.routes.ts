import { operatorRequest } from '../access/auditLog/auditLog.ts';
import { parseCursor, sequencePosition } from '../platform/http/cursors.ts';
import { data, list } from '../platform/http/replies.ts';
import { defineRoute } from '../platform/http/route.ts';
import { dataOf, idParams, listOf } from '../platform/http/schemas.ts';
import {
  differencesSchema,
  previewSchema,
  renderVersionSummary,
  rollbackSchema,
  saveCatalogSchema,
  versionSchema,
  versionSummarySchema,
  versionsQuery,
} from './catalog.schemas.ts';
import { catalogSchema } from './catalog.ts';
import { changeCatalog, rollBackCatalog } from './changeCatalog.ts';
import type { CatalogNeeds } from './needs.ts';
import { findVersion, pageOfVersions, previewCatalog } from './readCatalog.ts';

const tag = 'Admin';
const access = { to: 'admin' } as const;
const reused = ['IDEMPOTENCY_KEY_REUSED'] as const;

export const catalogRoutes = [
  defineRoute({
    method: 'get',
    path: '/admin/catalog',
    tag,
    summary: 'The catalog in force: products, prices, check-in, rate limit',
    access,
    response: dataOf(catalogSchema),
    handle: async (deps: CatalogNeeds) => data(await deps.catalogVersions.current()),
  }),
  defineRoute({
    method: 'put',
    path: '/admin/catalog',
    tag,
    summary: 'Put a new version of the catalog in force',
    description: 'Every instance sells by it within ten seconds. What it leaves out has to be named in `removes`.',
    access,
    body: saveCatalogSchema,
    response: dataOf(versionSchema),
    errors: [...reused, 'CATALOG_CHANGED', 'CATALOG_WOULD_REMOVE'],
    handle: async (deps: CatalogNeeds, request) => {
      const { catalog, ...about } = request.body;
      const operator = operatorRequest(request, 'catalog.change');
      const { version, replayed } = await changeCatalog(deps, operator, about, () => catalog);
      return data(version, replayed);
    },
  }),
  defineRoute({
    method: 'post',
    path: '/admin/catalog/preview',
    tag,
    summary: 'What a catalog would change, without changing anything',
    access,
    body: previewSchema,
    response: dataOf(differencesSchema),
    handle: async (deps: CatalogNeeds, { body }) => data(await previewCatalog(deps, body.catalog)),
  }),
  defineRoute({
    method: 'post',
    path: '/admin/catalog/rollback',
    tag,
    summary: 'Bring an earlier version back, as a new one',
    description: 'The whole of it: what was added since then goes, without being named.',
    access,
    body: rollbackSchema,
    response: dataOf(versionSchema),
    errors: [...reused, 'CATALOG_VERSION_NOT_FOUND', 'CATALOG_CHANGED'],
    handle: async (deps: CatalogNeeds, request) => {
      const operator = operatorRequest(request, 'catalog.rollback');
      const { version, replayed } = await rollBackCatalog(deps, operator, request.body);
      return data(version, replayed);
    },
  }),
  defineRoute({
    method: 'get',
    path: '/admin/catalog/versions',
    tag,
    summary: 'Versions of the catalog, the latest first',
    access,
    query: versionsQuery,
    response: listOf(versionSummarySchema),
    handle: async (deps: CatalogNeeds, { query }) => {
      const below = parseCursor(query.cursor, sequencePosition)?.sequence;
      const page = await pageOfVersions(deps, below, query.limit);
      return list({ ...page, items: page.items.map(renderVersionSummary) });
    },
  }),
  defineRoute({
    method: 'get',
    path: '/admin/catalog/versions/:id',
    tag,
    summary: 'A version of the catalog; the id is its number',
    access,
    params: idParams,
    response: dataOf(versionSchema),
    errors: ['CATALOG_VERSION_NOT_FOUND'],
    handle: async (deps: CatalogNeeds, { params }) => data(await findVersion(deps, params.id)),
  }),
];
