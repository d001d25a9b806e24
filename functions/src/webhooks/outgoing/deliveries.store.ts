import type { DocumentReference, Firestore } from 'firebase-admin/firestore';
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

  /** Deletes all of an account, so many in one commit. */
  async deleteAllOf(accountId: string, pageSize: number): Promise<void> {
    const all = this.#db.collection('webhookDeliveries').where('accountId', '==', accountId).select().limit(pageSize);
    for (;;) {
      const { docs } = await all.get();
      const batch = this.#db.batch();
      for (const { ref } of docs) batch.delete(ref);
      await batch.commit();
      if (docs.length < pageSize) return;
    }
  }
}
