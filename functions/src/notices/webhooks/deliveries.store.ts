import {
  deletePage,
  type IsoTime,
  type Page,
  pageById,
  runUnitOfWork,
  storedAs,
  type TimePosition,
  type UnitOfWork,
} from '@cloud-bridge/base';
import {
  type CollectionReference,
  type DocumentReference,
  FieldValue,
  type Firestore,
  type Query,
  type QueryDocumentSnapshot,
} from 'firebase-admin/firestore';
import { deletedAfterRetention } from '../events/deletedAfterRetention.ts';
import type { WebhookDelivery } from './delivery.ts';

const WEBHOOK_DELIVERIES = storedAs<WebhookDelivery>();

/** Reads and writes `webhookDeliveries/{deliveryId}`. */
export class WebhookDeliveryStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  get #deliveries(): CollectionReference<WebhookDelivery> {
    return this.#db.collection('webhookDeliveries').withConverter(WEBHOOK_DELIVERIES);
  }

  #ref(deliveryId: string): DocumentReference<WebhookDelivery> {
    return this.#deliveries.doc(deliveryId);
  }

  createIn(unit: UnitOfWork, delivery: WebhookDelivery): void {
    unit.create(this.#ref(delivery.id), { ...delivery, ...deletedAfterRetention(delivery.createdAt) });
  }

  /**
   * Changes a delivery by a pure rule. A rule that returns the same object writes nothing.
   * @returns the delivery before and after; both null for an unknown id
   */
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
    return (await this.#ref(deliveryId).get()).data() ?? null;
  }

  async findIn(unit: UnitOfWork, deliveryId: string): Promise<WebhookDelivery | null> {
    const [snapshot] = await unit.getAll(this.#ref(deliveryId));
    return snapshot.data() ?? null;
  }

  /** Overwrites a delivery that the same unit of work has read. */
  writeIn(unit: UnitOfWork, delivery: WebhookDelivery): void {
    const { waitingSince = FieldValue.delete() } = delivery;
    unit.update(this.#ref(delivery.id), { ...WEBHOOK_DELIVERIES.whole(delivery), waitingSince });
  }

  /** Returns an account's deliveries that wait in line, longest waiting first. */
  async listWaiting(accountId: string, limit: number): Promise<WebhookDelivery[]> {
    const waiting = this.#deliveries.where('accountId', '==', accountId).orderBy('waitingSince').limit(limit);
    return (await waiting.get()).docs.map((document) => document.data());
  }

  /** Returns a page of an endpoint's deliveries, pending and ended ones, newest first. */
  async list(accountId: string, endpointId: string, limit: number, after?: TimePosition): Promise<WebhookDelivery[]> {
    let deliveries = this.#deliveries
      .where('accountId', '==', accountId)
      .where('endpointId', '==', endpointId)
      .orderBy('createdAt', 'desc')
      .orderBy('id', 'desc')
      .limit(limit);
    if (after) deliveries = deliveries.startAfter(after.createdAt, after.id);
    return (await deliveries.get()).docs.map((document) => document.data());
  }

  /** Yields, page by page, the deliveries whose next attempt was due at or before a moment, longest overdue first. */
  async *duePages(before: IsoTime, pageSize: number): AsyncGenerator<WebhookDelivery[]> {
    const due = this.#deliveries.where('nextAttemptAt', '<=', before).orderBy('nextAttemptAt').limit(pageSize);
    for (let last: QueryDocumentSnapshot<WebhookDelivery> | undefined; ; ) {
      const { docs } = await (last ? due.startAfter(last) : due).get();
      if (docs.length > 0) yield docs.map((document) => document.data());
      if (docs.length < pageSize) return;
      last = docs.at(-1);
    }
  }

  /** Returns a page of an account's deliveries to all its endpoints, in the order of their ids. */
  async listOf(accountId: string, limit: number, after: string | null): Promise<Page<WebhookDelivery>> {
    const page = await pageById(this.#of(accountId), limit, after);
    return { items: page.items.map((document) => document.data()), after: page.after };
  }

  /** Deletes a page of an account's deliveries. Returns true when there may be more. */
  deletePageOf(accountId: string, limit: number): Promise<boolean> {
    return deletePage(this.#db, this.#of(accountId), limit);
  }

  #of(accountId: string): Query<WebhookDelivery> {
    return this.#deliveries.where('accountId', '==', accountId);
  }
}
