import { ResourcePath } from '@google-cloud/firestore/build/src/path.js';
import { QueryOptions } from '@google-cloud/firestore/build/src/reference/query-options.js';
import { type DocumentReference, Query } from 'firebase-admin/firestore';
import { isIdField } from './requestValues.ts';
import { database } from './suite.ts';

/** Documents' data by their paths. */
export type Documents = Readonly<Record<string, object>>;

/**
 * Reads all documents of an account: those named by its id, those whose fields name the account, and all documents
 * below them.
 */
export async function documentsOf(accountId: string): Promise<Documents> {
  const collections = await database().listCollections();
  const named = database().getAll(...collections.map((collection) => collection.doc(accountId)));
  const found = await Promise.all(
    collections.flatMap((collection) => [
      collection.where('accountId', '==', accountId).get(),
      descendantsOf(collection.doc(accountId)).get(),
    ]),
  );
  const documents = [...(await named).filter(({ exists }) => exists), ...found.flatMap(({ docs }) => docs)];
  const byPath = documents.map((document) => [document.ref.path, document.data() ?? {}] as const);
  return Object.fromEntries(byPath.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Reads all documents below a document, in collections of any name, as the SDK's `recursiveDelete` does. */
function descendantsOf({ firestore, path, parent }: DocumentReference): Query {
  const options = QueryOptions.forKindlessAllDescendants(new ResourcePath(...path.split('/')), parent.id, false);
  return Reflect.construct(Query, [firestore, options]);
}

/** Returns every id in the documents: their own, and those in their fields. */
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
