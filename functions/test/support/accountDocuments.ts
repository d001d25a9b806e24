import { ResourcePath } from '@google-cloud/firestore/build/src/path.js';
import { QueryOptions } from '@google-cloud/firestore/build/src/reference/query-options.js';
import { type DocumentReference, Query } from 'firebase-admin/firestore';
import { isIdField } from './requestValues.ts';
import { database } from './suite.ts';

/** Documents by their paths. */
export type Documents = Readonly<Record<string, object>>;

/**
 * Everything that the database holds of an account: what bears its id, what says that it is the account's, and all
 * below.
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

/** All below a document, whatever the collections are called, as the SDK's `recursiveDelete` asks for it. */
function descendantsOf({ firestore, path, parent }: DocumentReference): Query {
  const options = QueryOptions.forKindlessAllDescendants(new ResourcePath(...path.split('/')), parent.id, false);
  return Reflect.construct(Query, [firestore, options]);
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
