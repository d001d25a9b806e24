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
    summary: 'Get the catalog in force',
    description: 'The catalog has the packs, plans and prices, and the settings of check-in and rate limits.',
    access,
    response: dataOf(catalogSchema),
    handle: async (deps: CatalogNeeds) => data(await deps.catalogVersions.current()),
  }),
  defineRoute({
    method: 'put',
    path: '/admin/catalog',
    tag,
    summary: 'Replace the catalog by a new version',
    description:
      'Every instance uses the new version within ten seconds. Parts that it leaves out must be named in `removes`.',
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
    summary: 'Preview the changes of a catalog',
    access,
    body: previewSchema,
    response: dataOf(differencesSchema),
    handle: async (deps: CatalogNeeds, { body }) => data(await previewCatalog(deps, body.catalog)),
  }),
  defineRoute({
    method: 'post',
    path: '/admin/catalog/rollback',
    tag,
    summary: 'Restore an earlier version of the catalog',
    description:
      'Makes a new version with the content of the earlier one. Parts that were added since are removed and need not ' +
      'be named.',
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
    summary: 'List versions of the catalog, newest first',
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
    summary: 'Get a version of the catalog',
    description: 'The id is the number of the version.',
    access,
    params: idParams,
    response: dataOf(versionSchema),
    errors: ['CATALOG_VERSION_NOT_FOUND'],
    handle: async (deps: CatalogNeeds, { params }) => data(await findVersion(deps, params.id)),
  }),
];
