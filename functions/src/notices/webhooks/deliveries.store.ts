import {
  deletePage,
  type IsoTime,
  type Page,
  pageById,
  runUnitOfWork,
  type TimePosition,
  type UnitOfWork,
} from '@cloud-bridge/base';
import {
  type DocumentReference,
  FieldValue,
  type Firestore,
  type Query,
  type QueryDocumentSnapshot,
} from 'firebase-admin/firestore';
import { deletedAfterRetention } from '../events/deletedAfterRetention.ts';
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
      const before = await this.findIn(unit, deliveryId);
      const after = before && rule(before);
      if (after && after !== before) this.writeIn(unit, after);
      return { before, after };
    });
  }

  async find(deliveryId: string): Promise<WebhookDelivery | null> {
    return ((await this.#ref(deliveryId).get()).data() as WebhookDelivery | undefined) ?? null;
  }

  async findIn(unit: UnitOfWork, deliveryId: string): Promise<WebhookDelivery | null> {
    const [snapshot] = await unit.getAll(this.#ref(deliveryId));
    return (snapshot?.data() as WebhookDelivery | undefined) ?? null;
  }

  /** Writes one that the unit has read. */
  writeIn(unit: UnitOfWork, delivery: WebhookDelivery): void {
    const { waitingSince = FieldValue.delete() } = delivery;
    unit.update(this.#ref(delivery.id), { ...delivery, waitingSince });
  }

  /** Those of an account that wait in line, longest first. */
  async listWaiting(accountId: string, limit: number): Promise<WebhookDelivery[]> {
    const waiting = this.#db
      .collection('webhookDeliveries')
      .where('accountId', '==', accountId)
      .orderBy('waitingSince')
      .limit(limit);
    return (await waiting.get()).docs.map((document) => document.data() as WebhookDelivery);
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

  /** What should have been tried by a moment, longest ago first, page after page. */
  async *duePages(before: IsoTime, pageSize: number): AsyncGenerator<WebhookDelivery[]> {
    const due = this.#db
      .collection('webhookDeliveries')
      .where('nextAttemptAt', '<=', before)
      .orderBy('nextAttemptAt')
      .limit(pageSize);
    for (let last: QueryDocumentSnapshot | undefined; ; ) {
      const { docs } = await (last ? due.startAfter(last) : due).get();
      if (docs.length > 0) yield docs.map((document) => document.data() as WebhookDelivery);
      if (docs.length < pageSize) return;
      last = docs.at(-1);
    }
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
