import type { DocumentReference, Firestore, Query } from 'firebase-admin/firestore';
import { deletePage, type Page, pageById } from '../../shared/pages.ts';
import { deletedAfterRetention } from '../../shared/retention.ts';
import type { IsoTime, TimePosition } from '../../shared/time.ts';
import { runUnitOfWork, type UnitOfWork } from '../../shared/unitOfWork.ts';
import type { WebhookDelivery } from './delivery.ts';

/** `webhookDeliveries/{deliveryId}` */
export class WebhookDeliveryStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  #ref(deliveryId: string): DocumentReference {
    return this.#db.collection('webhookDeliveries').doc(deliveryId);
  }

  createIn(unit: UnitOfWork, delivery: WebhookDelivery): void {
    unit.create(this.#ref(delivery.id), { ...delivery, ...deletedAfterRetention(delivery.createdAt) });
  }

  /** Changes one by a pure rule, which gives the same object back to write nothing. Both null for an unknown id. */
  async change(
    deliveryId: string,
    rule: (before: WebhookDelivery) => WebhookDelivery,
  ): Promise<{ before: WebhookDelivery | null; after: WebhookDelivery | null }> {
    return runUnitOfWork(this.#db, async (unit) => {
      const [snapshot] = await unit.getAll(this.#ref(deliveryId));
      const before = (snapshot?.data() as WebhookDelivery | undefined) ?? null;
      const after = before && rule(before);
      if (after && after !== before) unit.update(this.#ref(deliveryId), { ...after });
      return { before, after };
    });
  }

  /** What is on its way to an endpoint or was sent there, newest first. */
  async list(accountId: string, endpointId: string, limit: number, after?: TimePosition): Promise<WebhookDelivery[]> {
    let deliveries = this.#db
      .collection('webhookDeliveries')
      .where('accountId', '==', accountId)
      .where('endpointId', '==', endpointId)
      .orderBy('createdAt', 'desc')
      .orderBy('id', 'desc')
      .limit(limit);
    if (after) deliveries = deliveries.startAfter(after.createdAt, after.id);
    return (await deliveries.get()).docs.map((document) => document.data() as WebhookDelivery);
  }

  /** What should have been tried by a moment, longest ago first. */
  async listDue(before: IsoTime, limit: number): Promise<WebhookDelivery[]> {
    const snapshot = await this.#db
      .collection('webhookDeliveries')
      .where('nextAttemptAt', '<=', before)
      .orderBy('nextAttemptAt')
      .limit(limit)
      .get();
    return snapshot.docs.map((document) => document.data() as WebhookDelivery);
  }

  /** A page of what is on its way to any endpoint of an account or was sent there, by their ids. */
  async listOf(accountId: string, limit: number, after: string | null): Promise<Page<WebhookDelivery>> {
    const page = await pageById(this.#of(accountId), limit, after);
    return { items: page.items.map((document) => document.data() as WebhookDelivery), after: page.after };
  }

  /** Deletes a page of an account's; true when there may be more. */
  deletePageOf(accountId: string, limit: number): Promise<boolean> {
    return deletePage(this.#db, this.#of(accountId), limit);
  }

  #of(accountId: string): Query {
    return this.#db.collection('webhookDeliveries').where('accountId', '==', accountId);
  }
}
