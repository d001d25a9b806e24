import { readAll, storedAs, type UnitOfWork } from '@cloud-bridge/base';
import type { DocumentReference, Firestore } from 'firebase-admin/firestore';
import { BUILT_IN_CATALOGS, type BuiltInCatalogName } from './builtInCatalogs.ts';
import type { Catalog } from './catalog.ts';
import type { CatalogVersion } from './catalogVersion.ts';
import { CATALOGS, currentCatalogRef } from './storedCatalog.ts';

/** The catalog in force, as read in a unit of work. */
export interface CurrentCatalog {
  readonly catalog: Catalog;
  /** False while the built-in catalog is in force. */
  readonly isStored: boolean;
  /** False if the version isn't recorded yet: before the first change. */
  readonly isRecorded: boolean;
  /** The number of the next version. */
  readonly nextVersion: number;
}

const CATALOG_VERSIONS = storedAs<CatalogVersion>();

/** `catalog/current`, and `catalog/v{version}` for each version that an operator has saved. */
export class CatalogVersionStore {
  readonly #db: Firestore;
  readonly #builtIn: Catalog;

  constructor(db: Firestore, builtIn: BuiltInCatalogName) {
    this.#db = db;
    this.#builtIn = BUILT_IN_CATALOGS[builtIn];
  }

  get #current(): DocumentReference<Catalog> {
    return currentCatalogRef(this.#db);
  }

  #ref(version: number): DocumentReference<CatalogVersion> {
    return this.#db.collection('catalog').withConverter(CATALOG_VERSIONS).doc(`v${version}`);
  }

  /** Reads the catalog in force, without a cache. */
  async current(): Promise<Catalog> {
    return (await this.#current.get()).data() ?? this.#builtIn;
  }

  async currentIn(unit: UnitOfWork): Promise<CurrentCatalog> {
    const [snapshot] = await unit.getAll(this.#current);
    const catalog = snapshot.data() ?? this.#builtIn;
    const [recorded] = await unit.getAll(this.#ref(catalog.version));
    let nextVersion = catalog.version + 1;
    // The following numbers are taken if somebody has set an older catalog by hand.
    while ((await unit.getAll(this.#ref(nextVersion)))[0].exists) nextVersion += 1;
    return { catalog, isStored: snapshot.exists, isRecorded: recorded.exists, nextVersion };
  }

  /** Puts a version in force, after {@link currentIn}. Records the previous version if it isn't recorded yet. */
  writeIn(unit: UnitOfWork, before: CurrentCatalog, next: CatalogVersion): void {
    if (!before.isRecorded) {
      const { catalog } = before;
      const unknown = { createdBy: null, reason: null, restoredFrom: null };
      const first = { version: catalog.version, catalog, createdAt: next.createdAt, ...unknown };
      unit.create(this.#ref(catalog.version), first satisfies CatalogVersion);
    }
    unit.create(this.#ref(next.version), next);
    // Writes every field of a catalog, so nothing of the previous catalog is left.
    if (before.isStored) unit.update(this.#current, CATALOGS.whole(next.catalog));
    else unit.create(this.#current, next.catalog);
  }

  async find(version: number): Promise<CatalogVersion | null> {
    return (await this.#ref(version).get()).data() ?? null;
  }

  async findIn(unit: UnitOfWork, version: number): Promise<CatalogVersion | null> {
    const [snapshot] = await unit.getAll(this.#ref(version));
    return snapshot.data() ?? null;
  }

  /** Lists the versions below a number, newest first. Version numbers are consecutive, so no index is needed. */
  async list(below: number, limit: number): Promise<CatalogVersion[]> {
    const numbers = Array.from({ length: limit }, (_, index) => below - 1 - index).filter((version) => version > 0);
    if (numbers.length === 0) return [];
    const snapshots = await readAll(this.#db, ...numbers.map((version) => this.#ref(version)));
    return snapshots.flatMap((snapshot) => snapshot.data() ?? []);
  }
}
