import { type IsoTime, storedAs, type TimePosition, type UnitOfWork } from '@cloud-bridge/base';
import { type CollectionReference, type DocumentReference, FieldPath, type Firestore } from 'firebase-admin/firestore';
import { CAPABILITIES } from '../../access/accounts/providerName.ts';
import type { DuePosition, Subscription } from './subscription.ts';

const SUBSCRIPTIONS = storedAs<Subscription>();

/** Stores `subscriptions/{subscriptionId}`. */
export class SubscriptionStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  get #subscriptions(): CollectionReference<Subscription> {
    return this.#db.collection('subscriptions').withConverter(SUBSCRIPTIONS);
  }

  #ref(subscriptionId: string): DocumentReference<Subscription> {
    return this.#subscriptions.doc(subscriptionId);
  }

  async find(subscriptionId: string): Promise<Subscription | null> {
    const snapshot = await this.#ref(subscriptionId).get();
    return snapshot.data() ?? null;
  }

  async findIn(unit: UnitOfWork, subscriptionId: string): Promise<Subscription | null> {
    const [snapshot] = await unit.getAll(this.#ref(subscriptionId));
    return snapshot.data() ?? null;
  }

  createIn(unit: UnitOfWork, subscription: Subscription): void {
    unit.create(this.#ref(subscription.id), subscription);
  }

  /** Writes a subscription that the unit has read, with the next version number. Returns the written subscription. */
  writeIn(unit: UnitOfWork, subscription: Subscription): Subscription {
    const next = { ...subscription, version: subscription.version + 1 };
    unit.update(this.#ref(subscription.id), SUBSCRIPTIONS.whole(next));
    return next;
  }

  /** Lists the subscriptions of an account, newest first. */
  async list(accountId: string, limit: number, after?: TimePosition): Promise<Subscription[]> {
    let found = this.#subscriptions
      .where('accountId', '==', accountId)
      .orderBy('createdAt', 'desc')
      .orderBy(FieldPath.documentId(), 'desc')
      .limit(limit);
    if (after) found = found.startAfter(after.createdAt, after.id);
    return (await found.get()).docs.map((document) => document.data());
  }

  /**
   * Erases the bank's messages from subscriptions, and the customer's id where the provider creates its own customers.
   * Takes at most 500 subscriptions.
   */
  async eraseLinks(subscriptions: readonly Subscription[], erasedAt: IsoTime): Promise<void> {
    const batch = this.#db.batch();
    for (const { id, provider } of subscriptions) {
      const customer = CAPABILITIES[provider].makesOwnCustomers && { customerId: null };
      batch.update(this.#ref(id), { erasedAt, lastPaymentError: null, ...customer });
    }
    await batch.commit();
  }

  /** Lists the subscriptions of all accounts whose sync is due, longest due first. */
  async listDue(now: IsoTime, after: DuePosition | null, limit: number): Promise<Subscription[]> {
    let due = this.#subscriptions
      .where('nextSyncAt', '<=', now)
      .orderBy('nextSyncAt')
      .orderBy(FieldPath.documentId())
      .limit(limit);
    if (after) due = due.startAfter(after.nextSyncAt, after.id);
    return (await due.get()).docs.map((document) => document.data());
  }
}
