import { runUnitOfWork, storedAs, type UnitOfWork } from '@cloud-bridge/base';
import type { CollectionReference, Firestore } from 'firebase-admin/firestore';
import { MAX_ENDPOINTS, type WebhookEndpoint } from './endpoint.ts';

const ENDPOINTS = storedAs<WebhookEndpoint>();

/** Reads and writes `accounts/{accountId}/webhookEndpoints/{endpointId}`. */
export class WebhookEndpointStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  #endpoints(accountId: string): CollectionReference<WebhookEndpoint> {
    return this.#db.collection('accounts').doc(accountId).collection('webhookEndpoints').withConverter(ENDPOINTS);
  }

  async findIn(unit: UnitOfWork, accountId: string, endpointId: string): Promise<WebhookEndpoint | null> {
    const [snapshot] = await unit.getAll(this.#endpoints(accountId).doc(endpointId));
    return snapshot.data() ?? null;
  }

  createIn(unit: UnitOfWork, endpoint: WebhookEndpoint): void {
    unit.create(this.#endpoints(endpoint.accountId).doc(endpoint.id), endpoint);
  }

  async find(accountId: string, endpointId: string): Promise<WebhookEndpoint | null> {
    const snapshot = await this.#endpoints(accountId).doc(endpointId).get();
    return snapshot.data() ?? null;
  }

  /** Returns all endpoints of an account, newest first. */
  async list(accountId: string): Promise<WebhookEndpoint[]> {
    // Twice the limit: older versions let concurrent requests create more endpoints than the limit.
    const snapshot = await this.#endpoints(accountId)
      .limit(2 * MAX_ENDPOINTS)
      .get();
    const endpoints = snapshot.docs.map((document) => document.data());
    return endpoints.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  }

  /**
   * Changes an endpoint by a pure rule. A rule that returns the same object writes nothing.
   * @param alongside adds writes to the same commit
   * @returns the endpoint after the change; null for an unknown id
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
      const before = snapshot.data();
      if (!before) return null;
      const after = rule(before);
      if (after === before) return before;
      unit.update(reference, ENDPOINTS.whole(after));
      alongside?.(unit, before, after);
      return after;
    });
  }

  async delete(accountId: string, endpointId: string): Promise<void> {
    await this.#endpoints(accountId).doc(endpointId).delete();
  }
}
