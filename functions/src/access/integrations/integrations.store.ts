import { isAlreadyExists, storedAs, type TimePosition, type UnitOfWork, updatePage } from '@cloud-bridge/base';
import { type CollectionReference, type DocumentReference, FieldPath, type Firestore } from 'firebase-admin/firestore';
import { type CountedDelivery, differencesOf, type Integration } from './integration.ts';

const INTEGRATIONS = storedAs<Integration>();

/** `accounts/{accountId}/integrations/{integrationId}` */
export class IntegrationStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  #integrations(accountId: string): CollectionReference<Integration> {
    return this.#db.collection('accounts').doc(accountId).collection('integrations').withConverter(INTEGRATIONS);
  }

  #ref(accountId: string, integrationId: string): DocumentReference<Integration> {
    return this.#integrations(accountId).doc(integrationId);
  }

  async find(accountId: string, integrationId: string): Promise<Integration | null> {
    const snapshot = await this.#ref(accountId, integrationId).get();
    return snapshot.data() ?? null;
  }

  /** Stores a new integration; returns it, or the existing integration with the same id. */
  async createOrFind(integration: Integration): Promise<Integration> {
    const { accountId, id } = integration;
    try {
      await this.#ref(accountId, id).create(integration);
      return integration;
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      const existing = await this.find(accountId, id);
      if (!existing) throw error;
      return existing;
    }
  }

  async findIn(unit: UnitOfWork, accountId: string, integrationId: string): Promise<Integration | null> {
    const [snapshot] = await unit.getAll(this.#ref(accountId, integrationId));
    return snapshot.data() ?? null;
  }

  /** Writes fields of an integration that the unit has read. */
  updateIn(
    unit: UnitOfWork,
    { accountId, id }: Integration,
    change: Partial<Pick<Integration, 'name' | 'platform' | 'updatedAt' | 'deletedAt'>>,
  ): void {
    unit.update(this.#ref(accountId, id), { ...change });
  }

  /** Adds a delivery to the statistics of its integration, in the unit of work that ends the delivery. */
  countIn(unit: UnitOfWork, delivery: CountedDelivery): void {
    if (delivery.integrationId === null) return;
    unit.add(this.#ref(delivery.accountId, delivery.integrationId), differencesOf(delivery));
  }

  /** Lists an account's integrations that aren't deleted, newest first. */
  async list(accountId: string, limit: number, after?: TimePosition): Promise<Integration[]> {
    let found = this.#integrations(accountId)
      .where('deletedAt', '==', null)
      .orderBy('createdAt', 'desc')
      .orderBy('id', 'desc')
      .limit(limit);
    if (after) found = found.startAfter(after.createdAt, after.id);
    const snapshot = await found.get();
    return snapshot.docs.map((document) => document.data());
  }

  /** Lists all integrations of an account, including deleted ones, ordered by id. */
  async listAll(accountId: string, limit: number, afterId?: string): Promise<Integration[]> {
    let found = this.#integrations(accountId).orderBy(FieldPath.documentId()).limit(limit);
    if (afterId !== undefined) found = found.startAfter(afterId);
    return (await found.get()).docs.map((document) => document.data());
  }

  /**
   * Erases the names of a page of an account's integrations, which the owner has written. Returns the id after which to
   * continue; null at the end.
   */
  eraseNames(accountId: string, limit: number, after: string | null): Promise<string | null> {
    return updatePage(this.#db, this.#integrations(accountId), limit, after, { name: 'erased' });
  }
}
