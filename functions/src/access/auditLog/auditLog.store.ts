import { type IsoTime, idempotencyKeyReused, storedAs, type TimePosition, type UnitOfWork } from '@cloud-bridge/base';
import { type CollectionReference, type DocumentReference, FieldValue, type Firestore } from 'firebase-admin/firestore';
import { type AuditRecord, auditRecord, type OperatorRequest, type RecordedChange } from './auditLog.ts';

/** A query for a page of records, newest first; all accounts' records without `accountId`. */
export interface AuditLogQuery {
  readonly accountId?: string | undefined;
  readonly limit: number;
  readonly after?: TimePosition | undefined;
}

const AUDIT_RECORDS = storedAs<AuditRecord>();

/** `auditLog/{id}` */
export class AuditLogStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  get #records(): CollectionReference<AuditRecord> {
    return this.#db.collection('auditLog').withConverter(AUDIT_RECORDS);
  }

  #ref(id: string): DocumentReference<AuditRecord> {
    return this.#records.doc(id);
  }

  /**
   * Finds the record of a request that was already carried out; null for a new request. Without an Idempotency-Key,
   * only another attempt of the same HTTP request is found.
   * @throws IDEMPOTENCY_KEY_REUSED when the Idempotency-Key was used for another request
   */
  async findIn(unit: UnitOfWork, { auditId, requestHash }: OperatorRequest): Promise<AuditRecord | null> {
    const [snapshot] = await unit.getAll(this.#ref(auditId));
    const record = snapshot.data();
    if (!record) return null;
    if (record.requestHash !== requestHash) throw idempotencyKeyReused();
    return record;
  }

  /** Records a change in the unit of work that makes the change. */
  recordIn(unit: UnitOfWork, operator: OperatorRequest, change: RecordedChange, now: IsoTime): void {
    unit.create(this.#ref(operator.auditId), auditRecord(operator, change, now));
  }

  /**
   * Erases the reasons in records, which may name the owner of a deleted account.
   * @param records at most 500
   */
  async eraseReasons(records: readonly AuditRecord[]): Promise<void> {
    const batch = this.#db.batch();
    for (const { id } of records) {
      // The recorded result repeats the reason.
      batch.update(this.#ref(id), { reason: null, result: FieldValue.delete() });
    }
    await batch.commit();
  }

  /** Lists records, newest first. */
  async list({ accountId, limit, after }: AuditLogQuery): Promise<AuditRecord[]> {
    let records = this.#records.orderBy('createdAt', 'desc').orderBy('id', 'desc').limit(limit);
    if (accountId) records = records.where('accountId', '==', accountId);
    if (after) records = records.startAfter(after.createdAt, after.id);
    return (await records.get()).docs.map((document) => document.data());
  }
}
