import type { Clock } from '@cloud-bridge/base';
import type { Firestore } from 'firebase-admin/firestore';
import type { AuditLogNeeds } from '../access/auditLog/needs.ts';
import type { CatalogReader } from './catalog.store.ts';
import type { CatalogVersionStore } from './catalogVersions.store.ts';

/** Needs of the code that reads the catalog in force. */
export interface ReadsCatalog {
  readonly catalog: CatalogReader;
}

/** Needs of the code that reads and changes the catalog. */
export interface CatalogNeeds extends AuditLogNeeds, ReadsCatalog {
  readonly catalogVersions: CatalogVersionStore;
  readonly clock: Clock;
  readonly db: Firestore;
}
