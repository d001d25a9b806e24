import type { Logger } from '@cloud-bridge/base';
import type { Firestore } from 'firebase-admin/firestore';
import { LRUCache } from 'lru-cache';
import { BUILT_IN_CATALOGS, type BuiltInCatalogName } from './builtInCatalogs.ts';
import type { Catalog } from './catalog.ts';
import { currentCatalogRef } from './storedCatalog.ts';

/** Milliseconds until a change of the catalog has reached every instance. */
const CATALOG_CACHE_MS = 10_000;

/** Reads the catalog in force. */
export interface CatalogReader {
  current(): Promise<Catalog>;
}

/** Reads `catalog/current` with a short cache. Without that document the built-in catalog is in force. */
export class CatalogStore implements CatalogReader {
  readonly #cache: LRUCache<'current', Catalog>;

  constructor(db: Firestore, builtIn: BuiltInCatalogName, logger: Logger) {
    this.#cache = new LRUCache<'current', Catalog>({
      max: 1,
      ttl: CATALOG_CACHE_MS,
      ignoreFetchAbort: true,
      // Concurrent callers share one read.
      fetchMethod: async () => {
        const snapshot = await currentCatalogRef(db).get();
        try {
          return snapshot.data() ?? BUILT_IN_CATALOGS[builtIn];
        } catch (error) {
          // Not selling is better than selling at wrong prices.
          logger.error('catalog/current is invalid', {
            problem: error instanceof Error ? error.message : String(error),
          });
          throw new Error('catalog/current is invalid');
        }
      },
    });
  }

  current(): Promise<Catalog> {
    return this.#cache.forceFetch('current');
  }
}
