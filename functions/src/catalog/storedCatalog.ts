import { storedAs } from '@cloud-bridge/base';
import type { DocumentReference, Firestore } from 'firebase-admin/firestore';
import { type Catalog, catalogSchema } from './catalog.ts';

/** Converts and validates the stored catalog, because operators may write the document by hand. */
export const CATALOGS = storedAs<Catalog>({ fromStored: (fields) => catalogSchema.parse(fields) });

/** `catalog/current`: the catalog in force. */
export function currentCatalogRef(db: Firestore): DocumentReference<Catalog> {
  return db.collection('catalog').withConverter(CATALOGS).doc('current');
}
