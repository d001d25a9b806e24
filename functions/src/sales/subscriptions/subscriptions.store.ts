import type { IsoTime, TimePosition, UnitOfWork } from '@cloud-bridge/base';
import { type DocumentReference, FieldPath, type Firestore } from 'firebase-admin/firestore';
import { CAPABILITIES } from '../../access/accounts/providerName.ts';
import type { DuePosition, Subscription } from './subscription.ts';

/** `subscriptions/{subscriptionId}` */
export class SubscriptionStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  #ref(subscriptionId: string): DocumentReference {
    return this.#db.collection('subscriptions').doc(subscriptionId);
  }

  async find(subscriptionId: string): Promise<Subscription | null> {
    const snapshot = await this.#ref(subscriptionId).get();
    return snapshot.exists ? (snapshot.data() as Subscription) : null;
  }

  async findIn(unit: UnitOfWork, subscriptionId: string): Promise<Subscription | null> {
    const [snapshot] = await unit.getAll(this.#ref(subscriptionId));
    return snapshot?.exists ? (snapshot.data() as Subscription) : null;
  }

  createIn(unit: UnitOfWork, subscription: Subscription): void {
    unit.create(this.#ref(subscription.id), { ...subscription });
  }

  /** Writes a subscription that the unit has read, as its next version. */
  writeIn(unit: UnitOfWork, subscription: Subscription): Subscription {
    const next = { ...subscription, version: subscription.version + 1 };
    unit.update(this.#ref(subscription.id), { ...next });
    return next;
  }

  /** Subscriptions of an account, newest first. */
  async list(accountId: string, limit: number, after?: TimePosition): Promise<Subscription[]> {
    let found = this.#db
      .collection('subscriptions')
      .where('accountId', '==', accountId)
      .orderBy('createdAt', 'desc')
      .orderBy(FieldPath.documentId(), 'desc')
      .limit(limit);
    if (after) found = found.startAfter(after.createdAt, after.id);
    return (await found.get()).docs.map((document) => document.data() as Subscription);
  }

  /** Takes from subscriptions what the bank said, and a customer whom the provider knows on; at most 500. */
  async eraseLinks(subscriptions: readonly Subscription[], erasedAt: IsoTime): Promise<void> {
    const batch = this.#db.batch();
    for (const { id, provider } of subscriptions) {
      const customer = !CAPABILITIES[provider].forgetsCustomers && { customerId: null };
      batch.update(this.#ref(id), { erasedAt, lastPaymentError: null, ...customer });
    }
    await batch.commit();
  }

  /** Subscriptions of all accounts about which the provider is to be asked, longest due first. */
  async listDue(now: IsoTime, after: DuePosition | null, limit: number): Promise<Subscription[]> {
    let due = this.#db
      .collection('subscriptions')
      .where('nextSyncAt', '<=', now)
      .orderBy('nextSyncAt')
      .orderBy(FieldPath.documentId())
      .limit(limit);
    if (after) due = due.startAfter(after.nextSyncAt, after.id);
    return (await due.get()).docs.map((document) => document.data() as Subscription);
  }
}
