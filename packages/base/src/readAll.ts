import type { DocumentReference, DocumentSnapshot } from 'firebase-admin/firestore';

/** References to several documents, whose types may differ. */
export type References<T extends readonly unknown[]> = { readonly [Place in keyof T]: DocumentReference<T[Place]> };

/** The snapshots of several documents, in the order of their references. */
export type Snapshots<T extends readonly unknown[]> = { readonly [Place in keyof T]: DocumentSnapshot<T[Place]> };

/** Firestore, one of its transactions, or a unit of work. */
export interface DocumentSource {
  getAll(...references: DocumentReference[]): Promise<readonly DocumentSnapshot[]>;
}

/** Reads several documents at once. The SDK uses the converter of each reference, but its types don't say so. */
export async function readAll<T extends readonly unknown[]>(
  source: DocumentSource,
  ...references: References<T>
): Promise<Snapshots<T>> {
  const snapshots: unknown = await source.getAll(...(references as readonly DocumentReference[]));
  return snapshots as Snapshots<T>;
}
