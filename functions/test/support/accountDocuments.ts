import type { DocumentReference } from 'firebase-admin/firestore';
import { isIdField } from './requestValues.ts';
import { database } from './suite.ts';

/** Documents by their paths. */
export type Documents = Readonly<Record<string, unknown>>;

/** Everything that the database holds of an account: what bears its id, what says that it is the account's, and all below. */
export async function documentsOf(accountId: string): Promise<Documents> {
  const found = new Map<string, unknown>();
  const collections = await database().listCollections();
  await Promise.all(
    collections.map(async (collection) => {
      const { docs } = await collection.where('accountId', '==', accountId).get();
      for (const document of docs) found.set(document.ref.path, document.data());
      await addTree(found, collection.doc(accountId));
    }),
  );
  return Object.fromEntries([...found].sort(([one], [other]) => (one < other ? -1 : 1)));
}

async function addTree(found: Map<string, unknown>, reference: DocumentReference): Promise<void> {
  const snapshot = await reference.get();
  if (snapshot.exists) found.set(reference.path, snapshot.data());
  for (const collection of await reference.listCollections()) {
    for (const child of await collection.listDocuments()) await addTree(found, child);
  }
}

/** Every id in the documents: their own, and those that their fields name. */
export function idsIn(documents: Documents): Set<string> {
  const ids = new Set<string>();
  const visit = (value: unknown): void => {
    if (value === null || typeof value !== 'object') return;
    for (const [name, field] of Object.entries(value)) {
      if (typeof field === 'string' && isIdField(name)) ids.add(field);
      visit(field);
    }
  };
  for (const [path, fields] of Object.entries(documents)) {
    for (const segment of path.split('/').slice(1)) ids.add(segment);
    visit(fields);
  }
  return ids;
}
