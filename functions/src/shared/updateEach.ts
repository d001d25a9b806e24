import { type CollectionReference, FieldPath, type Firestore } from 'firebase-admin/firestore';

/** Documents that are changed in one commit. */
const PAGE_SIZE = 200;

/** Writes the same fields to every document of a collection, page after page; doing it again changes nothing. */
export async function updateEach(
  db: Firestore,
  collection: CollectionReference,
  fields: Readonly<Record<string, unknown>>,
): Promise<void> {
  const all = collection.orderBy(FieldPath.documentId()).select().limit(PAGE_SIZE);
  for (let page = all; ; ) {
    const { docs } = await page.get();
    const batch = db.batch();
    for (const { ref } of docs) batch.update(ref, fields);
    if (docs.length > 0) await batch.commit();
    const last = docs.at(-1);
    if (!last || docs.length < PAGE_SIZE) return;
    page = all.startAfter(last);
  }
}
