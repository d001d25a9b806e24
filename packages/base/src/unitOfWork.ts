import {
  type DocumentData,
  type DocumentReference,
  type DocumentSnapshot,
  FieldValue,
  type Firestore,
  type PartialWithFieldValue,
  type Transaction,
} from 'firebase-admin/firestore';
import { backOff } from './backOff.ts';
import { mayBeRetried } from './firestoreErrors.ts';
import { type References, readAll, type Snapshots } from './readAll.ts';

/** Lost races before locks are taken, under which waiting is fair. */
const MAX_OPTIMISTIC_TRIES = 8;

type Fields = Record<string, unknown>;

/** Several documents read, and then written in one commit or not at all. All reads come before the first write. */
export interface UnitOfWork {
  getAll<T extends readonly unknown[]>(...references: References<T>): Promise<Snapshots<T>>;
  /** Writes a document that must not exist. */
  create<T>(reference: DocumentReference<T>, value: NoInfer<T>): void;
  /**
   * Writes fields of a document that this unit has read: only if it still is as it was read. A reference's converter
   * doesn't see them; for a whole value give what its `whole` gives.
   */
  update(reference: DocumentReference, fields: Fields): void;
  /** Adds to numbers of a document that exists, whatever they are by then: rivals don't make each other start over. */
  add(reference: DocumentReference, differences: Readonly<Record<string, number>>): void;
  /** Writes fields into a document that need be neither read nor there: for what doesn't depend on what it was. */
  merge<T>(reference: DocumentReference<T>, fields: PartialWithFieldValue<NoInfer<T>>): void;
}

/**
 * Runs *read all → decide → write all*. First optimistically: plain reads, and one commit that is tied to the versions
 * that were read; this takes no locks, so that contention costs a retry and no waiting. After several lost races, or
 * when nobody knows whether a commit happened, it is tried again, at last in a Firestore transaction.
 * The body may run several times: ids and times have to be fixed before it. What it read without writing isn't checked
 * again, so a decision has to rest on documents that it writes or that never change.
 */
export async function runUnitOfWork<T>(db: Firestore, body: (unit: UnitOfWork) => Promise<T>): Promise<T> {
  for (let attempt = 0; attempt < MAX_OPTIMISTIC_TRIES; attempt += 1) {
    try {
      const unit = new OptimisticUnit(db);
      const result = await body(unit);
      await unit.commit();
      return result;
    } catch (error) {
      if (!mayBeRetried(error)) throw error;
      await backOff(attempt);
    }
  }
  return db.runTransaction((transaction) => body(new TransactionUnit(transaction)));
}

class OptimisticUnit implements UnitOfWork {
  readonly #db: Firestore;
  readonly #batch: FirebaseFirestore.WriteBatch;
  readonly #read = new Map<string, Pick<DocumentSnapshot, 'updateTime'>>();
  #writes = 0;

  constructor(db: Firestore) {
    this.#db = db;
    this.#batch = db.batch();
  }

  async getAll<T extends readonly unknown[]>(...references: References<T>): Promise<Snapshots<T>> {
    const snapshots = await readAll<T>(this.#db, ...references);
    for (const snapshot of snapshots) this.#read.set(snapshot.ref.path, snapshot);
    return snapshots;
  }

  create<T>(reference: DocumentReference<T>, value: NoInfer<T>): void {
    this.#batch.create<T, DocumentData>(reference, value);
    this.#writes += 1;
  }

  update(reference: DocumentReference, fields: Fields): void {
    const lastUpdateTime = this.#read.get(reference.path)?.updateTime;
    if (!lastUpdateTime) throw new Error(`${reference.path} was not read before it is updated`);
    this.#batch.update(reference, fields, { lastUpdateTime });
    this.#writes += 1;
  }

  add(reference: DocumentReference, differences: Readonly<Record<string, number>>): void {
    this.#batch.update(reference, increments(differences));
    this.#writes += 1;
  }

  merge<T>(reference: DocumentReference<T>, fields: PartialWithFieldValue<NoInfer<T>>): void {
    this.#batch.set<T, DocumentData>(reference, fields, { merge: true });
    this.#writes += 1;
  }

  async commit(): Promise<void> {
    if (this.#writes > 0) await this.#batch.commit();
  }
}

function increments(differences: Readonly<Record<string, number>>): Record<string, FieldValue> {
  return Object.fromEntries(
    Object.entries(differences).map(([field, difference]) => [field, FieldValue.increment(difference)]),
  );
}

/** A unit of work inside a Firestore transaction, whose locks guard what was read. */
export class TransactionUnit implements UnitOfWork {
  readonly #transaction: Transaction;

  constructor(transaction: Transaction) {
    this.#transaction = transaction;
  }

  getAll<T extends readonly unknown[]>(...references: References<T>): Promise<Snapshots<T>> {
    return readAll<T>(this.#transaction, ...references);
  }

  create<T>(reference: DocumentReference<T>, value: NoInfer<T>): void {
    this.#transaction.create<T, DocumentData>(reference, value);
  }

  update(reference: DocumentReference, fields: Fields): void {
    this.#transaction.update(reference, fields);
  }

  add(reference: DocumentReference, differences: Readonly<Record<string, number>>): void {
    this.#transaction.update(reference, increments(differences));
  }

  merge<T>(reference: DocumentReference<T>, fields: PartialWithFieldValue<NoInfer<T>>): void {
    this.#transaction.set<T, DocumentData>(reference, fields, { merge: true });
  }
}
