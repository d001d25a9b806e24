import { type IsoTime, readAll, storedAs, type TimePosition, type UnitOfWork } from '@cloud-bridge/base';
import { type CollectionReference, type DocumentReference, FieldPath, type Firestore } from 'firebase-admin/firestore';
import { CAPABILITIES } from '../../access/accounts/providerName.ts';
import { isAtProvider } from '../payments/orderProvider.ts';
import { type InvoiceOrder, isInvoiceOrder, type Order } from './order.ts';

/** Selects orders of one account, newest first. */
export interface OrderQuery {
  /** Field to sort by: `createdAt` includes all orders, `paidAt` only paid ones. */
  readonly by: 'createdAt' | 'paidAt';
  readonly limit: number;
  /** Position of the last order of the previous page: its time in the field of `by`, and its id. */
  readonly after?: TimePosition | undefined;
  readonly offset?: number | undefined;
  readonly status?: Order['status'] | undefined;
}

/** Selects orders of all accounts or of one, newest first. */
export type OrdersEverywhereQuery = Pick<OrderQuery, 'limit' | 'after' | 'status'> & {
  readonly accountId?: string | undefined;
};

const ORDERS = storedAs<Order>();

/** `orders/{id}` */
export class OrderStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  get #orders(): CollectionReference<Order> {
    return this.#db.collection('orders').withConverter(ORDERS);
  }

  #ref(orderId: string): DocumentReference<Order> {
    return this.#orders.doc(orderId);
  }

  async find(orderId: string): Promise<Order | null> {
    const snapshot = await this.#ref(orderId).get();
    return snapshot.data() ?? null;
  }

  /** Reads several orders; leaves out ids that don't exist. */
  async findAll(orderIds: readonly string[]): Promise<Order[]> {
    if (orderIds.length === 0) return [];
    const snapshots = await readAll(this.#db, ...orderIds.map((id) => this.#ref(id)));
    return snapshots.flatMap((snapshot) => snapshot.data() ?? []);
  }

  /** Returns the order that a payment paid; null if there is none. */
  async findByPayment(paymentId: string): Promise<Order | null> {
    const snapshot = await this.#orders.where('paymentId', '==', paymentId).limit(1).get();
    return snapshot.docs[0]?.data() ?? null;
  }

  async findIn(unit: UnitOfWork, orderId: string): Promise<Order | null> {
    const [snapshot] = await unit.getAll(this.#ref(orderId));
    return snapshot.data() ?? null;
  }

  /** Reads several orders within the unit; leaves out ids that don't exist. */
  async findSeveralIn(unit: UnitOfWork, orderIds: readonly string[]): Promise<Order[]> {
    const snapshots = await unit.getAll(...orderIds.map((orderId) => this.#ref(orderId)));
    return snapshots.flatMap((snapshot) => snapshot.data() ?? []);
  }

  createIn(unit: UnitOfWork, order: Order): void {
    unit.create(this.#ref(order.id), order);
  }

  /** Writes an order that the unit has read. */
  writeIn(unit: UnitOfWork, order: Order): void {
    unit.update(this.#ref(order.id), ORDERS.whole(order));
  }

  /** Lists orders of all accounts that are pending and were created before a moment, oldest first. */
  async listPending(before: IsoTime, after: TimePosition | null, limit: number): Promise<Order[]> {
    let orders = this.#orders
      .where('status', '==', 'pending')
      .where('createdAt', '<', before)
      .orderBy('createdAt')
      .orderBy(FieldPath.documentId())
      .limit(limit);
    if (after) orders = orders.startAfter(after.createdAt, after.id);
    const snapshot = await orders.get();
    return snapshot.docs.map((document) => document.data());
  }

  /** Lists orders of one provider and status that were created since a moment, newest first. */
  async listAtProvider(
    { provider, status, since }: Pick<Order, 'provider' | 'status'> & { readonly since: IsoTime },
    after: TimePosition | null,
    limit: number,
  ): Promise<Order[]> {
    let orders = this.#orders
      .where('provider', '==', provider)
      .where('status', '==', status)
      .where('createdAt', '>=', since)
      .orderBy('createdAt', 'desc')
      .orderBy(FieldPath.documentId(), 'desc')
      .limit(limit);
    if (after) orders = orders.startAfter(after.createdAt, after.id);
    return (await orders.get()).docs.map((document) => document.data());
  }

  /** Lists the orders that an account paid since a moment, latest payment first. */
  async listPaidSince(accountId: string, since: IsoTime): Promise<Order[]> {
    const snapshot = await this.#orders
      .where('accountId', '==', accountId)
      .where('paidAt', '>=', since)
      .orderBy('paidAt', 'desc')
      .orderBy('id', 'desc')
      .get();
    return snapshot.docs.map((document) => document.data());
  }

  /** Lists an account's pending orders by invoice, newest first. */
  async listOpenInvoices(accountId: string): Promise<InvoiceOrder[]> {
    const snapshot = await this.#orders
      .where('accountId', '==', accountId)
      .where('status', '==', 'pending')
      .where('method', '==', 'invoice')
      .orderBy('createdAt', 'desc')
      .get();
    return snapshot.docs.map((document) => document.data()).filter(isInvoiceOrder);
  }

  /** Lists orders of all accounts or of one, newest first. */
  async listEverywhere({ accountId, status, after, limit }: OrdersEverywhereQuery): Promise<Order[]> {
    let orders = this.#orders.orderBy('createdAt', 'desc').orderBy('id', 'desc').limit(limit);
    if (accountId) orders = orders.where('accountId', '==', accountId);
    if (status) orders = orders.where('status', '==', status);
    if (after) orders = orders.startAfter(after.createdAt, after.id);
    return (await orders.get()).docs.map((document) => document.data());
  }

  /**
   * Removes from at most 500 orders the links to their payer: pages, the last payment error, and the customer id if the
   * provider creates its own customers and so still knows the person.
   */
  async eraseLinks(orders: readonly Order[], erasedAt: IsoTime): Promise<void> {
    const batch = this.#db.batch();
    for (const order of orders) {
      const { id, checkout, receipt } = order;
      const staysKnown = isAtProvider(order) && CAPABILITIES[order.provider].makesOwnCustomers;
      batch.update(this.#ref(id), {
        erasedAt,
        successUrl: null,
        cancelUrl: null,
        lastPaymentError: null,
        ...(staysKnown && { customerId: null }),
        ...(checkout && { 'checkout.url': '' }),
        ...(isInvoiceOrder(order) && order.invoice && { 'invoice.url': null, 'invoice.pdfUrl': null }),
        ...(receipt && { 'receipt.invoiceUrl': null, 'receipt.receiptUrl': null }),
      });
    }
    await batch.commit();
  }

  /** Lists an account's orders, newest first. */
  async list(accountId: string, query: OrderQuery): Promise<Order[]> {
    let orders = this.#orders.where('accountId', '==', accountId);
    // Times are stored as text, so this comparison leaves out orders whose time is null.
    if (query.by === 'paidAt') orders = orders.where('paidAt', '>', '');
    orders = orders.orderBy(query.by, 'desc').orderBy('id', 'desc').limit(query.limit);
    if (query.status) orders = orders.where('status', '==', query.status);
    if (query.after) orders = orders.startAfter(query.after.createdAt, query.after.id);
    if (query.offset) orders = orders.offset(query.offset);
    const snapshot = await orders.get();
    return snapshot.docs.map((document) => document.data());
  }
}
