import { type IsoTime, type Page, storedAs, type TimePosition, type UnitOfWork } from '@cloud-bridge/base';
import { type CollectionReference, type DocumentReference, FieldPath, type Firestore } from 'firebase-admin/firestore';
import type { Coupon } from './coupon.ts';

/** Number of times that one account has used a coupon. */
interface CouponUses {
  readonly accountId: string;
  readonly count: number;
  readonly updatedAt: IsoTime;
}

/** A coupon and one account's number of uses, as read in a unit of work. */
export interface ReadCoupon {
  readonly coupon: Coupon;
  readonly accountId: string;
  /** Null for an account that never used the coupon. */
  readonly uses: number | null;
}

/** An earlier request to create a coupon; its id follows from the Idempotency-Key. */
export interface CouponRequest {
  readonly id: string;
  readonly code: string;
  readonly requestHash: string;
}

const COUPONS = storedAs<Coupon>();
const COUPON_USES = storedAs<CouponUses>();
const COUPON_REQUESTS = storedAs<CouponRequest>();

/** Stores `coupons/{code}`, `coupons/{code}/uses/{accountId}` and `couponRequests/{id}`. */
export class CouponStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  get #coupons(): CollectionReference<Coupon> {
    return this.#db.collection('coupons').withConverter(COUPONS);
  }

  #ref(code: string): DocumentReference<Coupon> {
    return this.#coupons.doc(code);
  }

  #requestRef(id: string): DocumentReference<CouponRequest> {
    return this.#db.collection('couponRequests').withConverter(COUPON_REQUESTS).doc(id);
  }

  #usesRef(code: string, accountId: string): DocumentReference<CouponUses> {
    return this.#ref(code).collection('uses').withConverter(COUPON_USES).doc(accountId);
  }

  async find(code: string): Promise<Coupon | null> {
    const snapshot = await this.#ref(code).get();
    return snapshot.data() ?? null;
  }

  async findIn(unit: UnitOfWork, code: string): Promise<Coupon | null> {
    const [snapshot] = await unit.getAll(this.#ref(code));
    return snapshot.data() ?? null;
  }

  async findRequestIn(unit: UnitOfWork, id: string): Promise<CouponRequest | null> {
    const [snapshot] = await unit.getAll(this.#requestRef(id));
    return snapshot.data() ?? null;
  }

  createIn(unit: UnitOfWork, coupon: Coupon, request: CouponRequest | null): void {
    unit.create(this.#ref(coupon.id), coupon);
    if (request) unit.create(this.#requestRef(request.id), request);
  }

  /** Writes fields of a coupon that the unit has read. */
  updateIn(unit: UnitOfWork, code: string, change: Partial<Pick<Coupon, 'disabledAt' | 'provider'>>): void {
    unit.update(this.#ref(code), { ...change });
  }

  async findWithUsesIn(unit: UnitOfWork, code: string, accountId: string): Promise<ReadCoupon | null> {
    const [found, uses] = await unit.getAll(this.#ref(code), this.#usesRef(code, accountId));
    const coupon = found.data();
    return coupon ? { coupon, accountId, uses: uses.data()?.count ?? null } : null;
  }

  /** Adds 1 or -1 to the uses of a coupon that the unit has read with {@link findWithUsesIn}. */
  countIn(unit: UnitOfWork, { coupon, accountId, uses }: ReadCoupon, difference: 1 | -1, now: IsoTime): void {
    unit.update(this.#ref(coupon.id), { redemptions: Math.max(0, coupon.redemptions + difference) });
    const reference = this.#usesRef(coupon.id, accountId);
    const count = Math.max(0, (uses ?? 0) + difference);
    const next: CouponUses = { accountId, count, updatedAt: now };
    if (uses === null) unit.create(reference, next);
    else unit.update(reference, COUPON_USES.whole(next));
  }

  /** Lists a page of the coupons that an account has used, in the order of their codes. */
  async listUses(
    accountId: string,
    limit: number,
    after: string | null,
  ): Promise<Page<CouponUses & { readonly couponCode: string }>> {
    let uses = this.#db
      .collectionGroup('uses')
      .withConverter(COUPON_USES)
      .where('accountId', '==', accountId)
      .orderBy(FieldPath.documentId());
    if (after !== null) uses = uses.startAfter(this.#usesRef(after, accountId));
    const { docs } = await uses.limit(limit).get();
    const items = docs.map((document) => ({
      couponCode: document.ref.parent.parent?.id ?? '',
      ...document.data(),
    }));
    return { items, after: docs.length === limit ? (items.at(-1)?.couponCode ?? null) : null };
  }

  /** Lists all coupons, newest first. */
  async list(limit: number, after: TimePosition | undefined): Promise<Coupon[]> {
    let coupons = this.#coupons.orderBy('createdAt', 'desc').orderBy('id', 'desc').limit(limit);
    if (after) coupons = coupons.startAfter(after.createdAt, after.id);
    const snapshot = await coupons.get();
    return snapshot.docs.map((document) => document.data());
  }
}
