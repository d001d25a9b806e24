import type { UnitOfWork } from '@cloud-bridge/base';
import type { DocumentReference, DocumentSnapshot, Firestore } from 'firebase-admin/firestore';
import { BUILT_IN_CATALOGS, type BuiltInCatalogName } from './builtInCatalogs.ts';
import { type Catalog, catalogSchema } from './catalog.ts';
import type { CatalogVersion } from './catalogVersion.ts';

/** The catalog in force, as a unit of work has read it. */
export interface CurrentCatalog {
  readonly catalog: Catalog;
  /** False as long as the built-in catalog is in force. */
  readonly isStored: boolean;
  /** False when its version was never written down: it is what was in force before the first change. */
  readonly isRecorded: boolean;
  /** The number that the next version gets. */
  readonly nextVersion: number;
}

/** `catalog/current`, and `catalog/v{version}` for each version that an operator has saved. */
export class CatalogVersionStore {
  readonly #db: Firestore;
  readonly #builtIn: Catalog;

  constructor(db: Firestore, builtIn: BuiltInCatalogName) {
    this.#db = db;
    this.#builtIn = BUILT_IN_CATALOGS[builtIn];
  }

  get #current(): DocumentReference {
    return this.#db.collection('catalog').doc('current');
  }

  #ref(version: number): DocumentReference {
    return this.#db.collection('catalog').doc(`v${version}`);
  }

  /** The catalog in force, without any cache. */
  async current(): Promise<Catalog> {
    return this.#catalogOf(await this.#current.get());
  }

  async currentIn(unit: UnitOfWork): Promise<CurrentCatalog> {
    const [snapshot] = await unit.getAll(this.#current);
    if (!snapshot) throw new Error('getAll answered without the catalog');
    const catalog = this.#catalogOf(snapshot);
    const [recorded] = await unit.getAll(this.#ref(catalog.version));
    let nextVersion = catalog.version + 1;
    // Numbers are taken when somebody has set an older catalog by hand.
    while ((await unit.getAll(this.#ref(nextVersion)))[0]?.exists) nextVersion += 1;
    return { catalog, isStored: snapshot.exists, isRecorded: recorded?.exists === true, nextVersion };
  }

  /** Puts a version in force, after {@link currentIn}; what was in force before is kept, too. */
  writeIn(unit: UnitOfWork, before: CurrentCatalog, next: CatalogVersion): void {
    if (!before.isRecorded) {
      const { catalog } = before;
      const unknown = { createdBy: null, reason: null, restoredFrom: null };
      const first = { version: catalog.version, catalog, createdAt: next.createdAt, ...unknown };
      unit.create(this.#ref(catalog.version), first satisfies CatalogVersion);
    }
    unit.create(this.#ref(next.version), { ...next });
    // Every field of a catalog is written, so nothing of the one before is left.
    if (before.isStored) unit.update(this.#current, { ...next.catalog });
    else unit.create(this.#current, { ...next.catalog });
  }

  async find(version: number): Promise<CatalogVersion | null> {
    return versionOf(await this.#ref(version).get());
  }

  async findIn(unit: UnitOfWork, version: number): Promise<CatalogVersion | null> {
    const [snapshot] = await unit.getAll(this.#ref(version));
    return versionOf(snapshot);
  }

  /** Versions below one, the latest first. Their numbers follow each other, so that no index is needed. */
  async list(below: number, limit: number): Promise<CatalogVersion[]> {
    const numbers = Array.from({ length: limit }, (_, index) => below - 1 - index).filter((version) => version > 0);
    if (numbers.length === 0) return [];
    const snapshots = await this.#db.getAll(...numbers.map((version) => this.#ref(version)));
    return snapshots.flatMap((snapshot) => versionOf(snapshot) ?? []);
  }

  #catalogOf(snapshot: DocumentSnapshot): Catalog {
    return snapshot.exists ? catalogSchema.parse(snapshot.data()) : this.#builtIn;
  }
}

function versionOf(snapshot: DocumentSnapshot | undefined): CatalogVersion | null {
  return snapshot?.exists ? (snapshot.data() as CatalogVersion) : null;
}
