import { sequencePositionOf } from '../platform/http/cursors.ts';
import { type Page, toPage } from '../platform/http/replies.ts';
import { DEFAULT_PAGE_SIZE } from '../platform/http/schemas.ts';
import { catalogVersionNotFound } from './catalog.errors.ts';
import type { CatalogDraft } from './catalog.ts';
import { type CatalogDifference, type CatalogVersion, catalogDifferences } from './catalogVersion.ts';
import type { CatalogNeeds } from './needs.ts';
import { removalsOf } from './removals.ts';

/**
 * Finds a version by its number.
 * @throws CATALOG_VERSION_NOT_FOUND, also if the id isn't a number
 */
export async function findVersion(deps: CatalogNeeds, id: string): Promise<CatalogVersion> {
  const version = /^[1-9]\d{0,14}$/.test(id) ? await deps.catalogVersions.find(Number(id)) : null;
  if (!version) throw catalogVersionNotFound();
  return version;
}

/** Lists a page of the versions that operators have saved, and the version in force before the first; newest first. */
export async function pageOfVersions(
  deps: CatalogNeeds,
  below: number | undefined,
  limit = DEFAULT_PAGE_SIZE,
): Promise<Page<CatalogVersion>> {
  const start = below ?? (await deps.catalogVersions.current()).version + 1;
  const versions = await deps.catalogVersions.list(start, limit + 1);
  return toPage(versions, limit, ({ version }) => sequencePositionOf({ sequence: version }));
}

/** Returns the differences and removals that saving a catalog would make now. */
export async function previewCatalog(
  deps: CatalogNeeds,
  draft: CatalogDraft,
): Promise<{ baseVersion: number; removes: string[]; differences: CatalogDifference[] }> {
  const current = await deps.catalogVersions.current();
  const { version: baseVersion, ...present } = current;
  return { baseVersion, removes: removalsOf(present, draft), differences: catalogDifferences(current, draft) };
}
