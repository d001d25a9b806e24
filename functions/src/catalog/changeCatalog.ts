import { runUnitOfWork, type UnitOfWork } from '@cloud-bridge/base';
import { isOfEarlierRequest, type OperatorRequest } from '../access/auditLog/auditLog.ts';
import { catalogChanged, catalogVersionNotFound } from './catalog.errors.ts';
import type { Catalog, CatalogDraft } from './catalog.ts';
import { type CatalogVersion, catalogDifferences } from './catalogVersion.ts';
import type { CatalogNeeds } from './needs.ts';
import { assertRemovalsNamed } from './removals.ts';
import { validCatalog } from './validCatalog.ts';

export interface ChangedCatalog {
  readonly version: CatalogVersion;
  readonly replayed: boolean;
}

/** The reason for a change, and the version that the change was made for; without a version, it applies to any. */
export interface CatalogChange {
  readonly baseVersion?: number | undefined;
  readonly reason?: string | undefined;
  /** Paths of the parts that this change removes; it may remove no others. */
  readonly removes?: readonly string[] | undefined;
}

/** Differences that one record of the audit log lists at most. */
const MAX_RECORDED_DIFFERENCES = 200;

/**
 * Makes a new version of the catalog from the one in force. Every instance uses it within ten seconds; existing orders
 * and charges don't change.
 * @param draft gets the catalog in force and returns the new catalog; may throw to refuse
 * @throws CATALOG_CHANGED, CATALOG_WOULD_REMOVE, IDEMPOTENCY_KEY_REUSED, INVALID_REQUEST
 */
export function changeCatalog(
  deps: CatalogNeeds,
  operator: OperatorRequest,
  change: CatalogChange,
  draft: (current: Catalog) => CatalogDraft,
): Promise<ChangedCatalog> {
  return saveVersion(deps, operator, change, async (_unit, current) => ({ draft: draft(current), restoredFrom: null }));
}

/**
 * Restores an earlier version's content as a new version. Parts that were added since then are removed and need not be
 * named, because the version implies them.
 * @throws CATALOG_VERSION_NOT_FOUND, and otherwise what {@link changeCatalog} throws about versions and keys
 */
export function rollBackCatalog(
  deps: CatalogNeeds,
  operator: OperatorRequest,
  { version, ...change }: CatalogChange & { readonly version: number },
): Promise<ChangedCatalog> {
  return saveVersion(deps, operator, change, async (unit, current) => {
    const earlier = await deps.catalogVersions.findIn(unit, version);
    if (!earlier && version !== current.version) throw catalogVersionNotFound();
    return { draft: earlier?.catalog ?? current, restoredFrom: version };
  });
}

async function saveVersion(
  deps: CatalogNeeds,
  operator: OperatorRequest,
  { baseVersion, reason, removes = [] }: CatalogChange,
  draftFrom: (
    unit: UnitOfWork,
    current: Catalog,
  ) => Promise<{ draft: CatalogDraft; restoredFrom: CatalogVersion['restoredFrom'] }>,
): Promise<ChangedCatalog> {
  const now = deps.clock();
  return runUnitOfWork(deps.db, async (unit) => {
    const record = await deps.auditLog.findIn(unit, operator);
    const made = record && (await deps.catalogVersions.findIn(unit, Number(record.targetId)));
    if (made) return { version: made, replayed: isOfEarlierRequest(record, operator) };
    const before = await deps.catalogVersions.currentIn(unit);
    const current = before.catalog;
    if (baseVersion !== undefined && baseVersion !== current.version) throw catalogChanged(current.version);
    const { draft, restoredFrom } = await draftFrom(unit, current);
    const catalog = validCatalog({ ...draft, version: before.nextVersion });
    // A restored version implies the removals.
    if (restoredFrom === null) assertRemovalsNamed(current, catalog, removes);
    const about = { createdBy: operator.actorId, createdAt: now, reason: reason ?? null, restoredFrom };
    const version: CatalogVersion = { version: catalog.version, catalog, ...about };
    deps.catalogVersions.writeIn(unit, before, version);
    deps.auditLog.recordIn(unit, operator, recordOf(current, version), now);
    return { version, replayed: false };
  });
}

function recordOf(before: Catalog, { version, catalog, reason }: CatalogVersion) {
  const differences = catalogDifferences(before, catalog);
  const after = { version, differences: differences.slice(0, MAX_RECORDED_DIFFERENCES) };
  return { targetId: String(version), before: { version: before.version }, after, reason };
}
