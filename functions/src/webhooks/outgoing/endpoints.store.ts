import type { CollectionReference, Firestore } from 'firebase-admin/firestore';
import { isAlreadyExists } from '../../shared/firestoreErrors.ts';
import { runUnitOfWork, type UnitOfWork } from '../../shared/unitOfWork.ts';
import { MAX_ENDPOINTS, type WebhookEndpoint } from './endpoint.ts';

/** `accounts/{accountId}/webhookEndpoints/{endpointId}` */
export class WebhookEndpointStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  #endpoints(accountId: string): CollectionReference {
    return this.#db.collection('accounts').doc(accountId).collection('webhookEndpoints');
  }

  /** Stores a new endpoint, or gives the one that already has its id. */
  async createOrFind(endpoint: WebhookEndpoint): Promise<WebhookEndpoint> {
    try {
      await this.#endpoints(endpoint.accountId)
        .doc(endpoint.id)
        .create({ ...endpoint });
      return endpoint;
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      return (await this.find(endpoint.accountId, endpoint.id)) ?? endpoint;
    }
  }

  async find(accountId: string, endpointId: string): Promise<WebhookEndpoint | null> {
    const snapshot = await this.#endpoints(accountId).doc(endpointId).get();
    return (snapshot.data() as WebhookEndpoint | undefined) ?? null;
  }

  /** All of an account, newest first. */
  async list(accountId: string): Promise<WebhookEndpoint[]> {
    // Two that were made at once may exceed the limit by one.
    const snapshot = await this.#endpoints(accountId)
      .limit(2 * MAX_ENDPOINTS)
      .get();
    const endpoints = snapshot.docs.map((document) => document.data() as WebhookEndpoint);
    return endpoints.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  }

  /**
   * Changes one by a pure rule; a rule that gives the same object back writes nothing. Null for an unknown id.
   * @param alongside adds writes to the same commit
   */
  async change(
    accountId: string,
    endpointId: string,
    rule: (before: WebhookEndpoint) => WebhookEndpoint,
    alongside?: (unit: UnitOfWork, before: WebhookEndpoint, after: WebhookEndpoint) => void,
  ): Promise<WebhookEndpoint | null> {
    const reference = this.#endpoints(accountId).doc(endpointId);
    return runUnitOfWork(this.#db, async (unit) => {
      const [snapshot] = await unit.getAll(reference);
      const before = snapshot?.data() as WebhookEndpoint | undefined;
      if (!before) return null;
      const after = rule(before);
      if (after === before) return before;
      unit.update(reference, { ...after });
      alongside?.(unit, before, after);
      return after;
    });
  }

  async delete(accountId: string, endpointId: string): Promise<void> {
    await this.#endpoints(accountId).doc(endpointId).delete();
  }
}
