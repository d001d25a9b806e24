import { FieldPath, type Firestore, type Query, type QueryDocumentSnapshot } from 'firebase-admin/firestore';

/** A part of a list, and the id after which the next page begins; `after` is null at the end of the list. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly after: string | null;
}

/** Reads a page of a query's documents, ordered by id. */
export async function pageById<T>(
  query: Query<T>,
  limit: number,
  after: string | null,
): Promise<Page<QueryDocumentSnapshot<T>>> {
  let page = query.orderBy(FieldPath.documentId()).limit(limit);
  if (after !== null) page = page.startAfter(after);
  const { docs } = await page.get();
  return { items: docs, after: docs.length === limit ? (docs.at(-1)?.id ?? null) : null };
}

/** Writes the same fields to a page of documents. Returns the id after which the next page begins; null at the end. */
export async function updatePage<T>(
  db: Firestore,
  query: Query<T>,
  limit: number,
  after: string | null,
  fields: Readonly<Record<string, unknown>>,
): Promise<string | null> {
  const page = await pageById(query.select(), limit, after);
  const batch = db.batch();
  for (const { ref } of page.items) batch.update(ref, fields);
  if (page.items.length > 0) await batch.commit();
  return page.after;
}

/** Deletes a page of the documents that a query finds. Returns true when there may be more. */
export async function deletePage<T>(db: Firestore, query: Query<T>, limit: number): Promise<boolean> {
  const { docs } = await query.select().limit(limit).get();
  const batch = db.batch();
  for (const { ref } of docs) batch.delete(ref);
  if (docs.length > 0) await batch.commit();
  return docs.length === limit;
}
