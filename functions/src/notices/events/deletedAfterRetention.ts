import type { IsoTime } from '@cloud-bridge/base';
import { Timestamp } from 'firebase-admin/firestore';

/** How long events, mails and webhook deliveries are kept; until then an event can be looked up and sent again. */
const RETENTION_MS = 90 * 24 * 60 * 60 * 1000;

/**
 * Returns the field by which Firestore deletes a document by itself, some time after the moment in the field. The
 * policy is in `firestore.indexes.json` (https://firebase.google.com/docs/firestore/ttl) and requires a Firestore
 * timestamp.
 */
export function deletedAfterRetention(createdAt: IsoTime): { readonly deleteAt: Timestamp } {
  return { deleteAt: Timestamp.fromMillis(Date.parse(createdAt) + RETENTION_MS) };
}
