import type { IsoTime } from '@cloud-bridge/base';
import { Timestamp } from 'firebase-admin/firestore';

/** How long what accounts were told, and the attempts at it, can be looked up and sent again. */
const RETENTION_MS = 90 * 24 * 60 * 60 * 1000;

/**
 * The field by which Firestore deletes a document by itself, some time after the moment in it: the policy stands in
 * `firestore.indexes.json` (https://firebase.google.com/docs/firestore/ttl). It has to be a timestamp of Firestore's.
 */
export function deletedAfterRetention(createdAt: IsoTime): { readonly deleteAt: Timestamp } {
  return { deleteAt: Timestamp.fromMillis(Date.parse(createdAt) + RETENTION_MS) };
}
