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

/** Optimistic attempts before a transaction is used, whose locks make waiting fair. */
const MAX_OPTIMISTIC_TRIES = 8;

type Fields = Record<string, unknown>;

/**
 * Reads several documents, and then writes all changes in one commit or none. All reads come before the first write.
 */
export interface UnitOfWork {
  getAll<T extends readonly unknown[]>(...references: References<T>): Promise<Snapshots<T>>;
  /** Creates a document; the commit fails if the document exists. */
  create<T>(reference: DocumentReference<T>, value: NoInfer<T>): void;
  /**
   * Updates fields of a document that this unit has read; the commit fails if the document changed since. The
   * reference's converter isn't applied; to write a whole value, pass the result of the converter's `whole`.
   */
  update(reference: DocumentReference, fields: Fields): void;
  /**
   * Adds to number fields of an existing document, whatever their present values: concurrent additions don't conflict.
   */
  add(reference: DocumentReference, differences: Readonly<Record<string, number>>): void;
  /**
   * Merges fields into a document that may not exist and need not be read: for writes that don't depend on its content.
   */
  merge<T>(reference: DocumentReference<T>, fields: PartialWithFieldValue<NoInfer<T>>): void;
}

/**
 * Runs *read all → decide → write all*. The first attempts are optimistic: plain reads, and one commit that fails if a
 * document that it updates changed since it was read. This takes no locks, so a conflict costs a retry and no waiting.
 * After a lost race or an unknown outcome the body runs again; after several such attempts it runs in a Firestore
 * transaction. Because the body may run several times, ids and times have to be fixed before it. Documents that were
 * read but not written aren't checked again, so a decision must rest on documents that it writes or that never change.
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
