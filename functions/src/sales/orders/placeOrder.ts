import { type Idempotency, type IsoTime, idempotencyKeyReused, idOfRequest, runUnitOfWork } from '@cloud-bridge/base';
import { MAIN_WALLET_ID } from '@cloud-bridge/ledger';
import { DEFAULT_PROVIDER, type ProviderName } from '../../access/accounts/providerName.ts';
import type { OrderDiscount } from '../coupons/orderDiscount.ts';
import { stageFirstUse } from './couponUse.ts';
import { openOrderOr } from './findOpenOrder.ts';
import type { OrdersNeeds } from './needs.ts';
import type {
  CardCharge,
  InvoicedProduct,
  Order,
  PackProduct,
  PageTargets,
  PlanProduct,
  Sale,
  TopUpProduct,
  UnpaidOrder,
} from './order.ts';
import { stageOpenCheckout } from './stageOpenCheckout.ts';

/** What an order is about, and how it is going to be paid; the rest of a new order is the same for all. */
export type OrderDraft = Sale & {
  readonly customerId?: string | null;
  readonly discount?: OrderDiscount;
  /** The default provider unless given. */
  readonly provider?: ProviderName;
} & (PageDraft | CardDraft | PlanDraft | InvoiceDraft);

type PageDraft = (PackProduct | TopUpProduct | PlanProduct) &
  PageTargets & { readonly method: 'checkout'; readonly providerProductId?: string };

type CardDraft = (PackProduct | TopUpProduct) & {
  readonly method: 'direct' | 'automatic';
  readonly direct: CardCharge;
};

/** A plan's period that the provider charges with the subscription. */
type PlanDraft = PlanProduct & { readonly method: 'direct' | 'automatic' };

type InvoiceDraft = InvoicedProduct & { readonly method: 'invoice'; readonly daysUntilDue: number };

/** Whose order it is, by which id. */
type OrderIdentity = Pick<Order, 'id' | 'accountId' | 'requestHash'> & Partial<Pick<Order, 'walletId'>>;

/** An order as it begins; for the main wallet unless its identity says otherwise. */
export function newOrder(draft: OrderDraft, identity: OrderIdentity, now: IsoTime): UnpaidOrder {
  const unpaid = {
    status: 'pending',
    paymentId: null,
    paidAt: null,
    entryId: null,
    balanceAfterCredits: null,
  } as const;
  return { provider: DEFAULT_PROVIDER, ...begun(identity, now), ...draft, ...unpaid };
}

/** What every order begins with, whatever it is about; what doesn't go with its method stays null. */
export function begun(identity: OrderIdentity, now: IsoTime) {
  return {
    walletId: MAIN_WALLET_ID,
    ...identity,
    customerId: null,
    successUrl: null,
    cancelUrl: null,
    checkout: null,
    lastPaymentError: null,
    createdAt: now,
    updatedAt: now,
  };
}

/**
 * Writes an order before any provider is called, so that no payment is ever without one; a repetition finds the first,
 * and who asks again for the same thing with the same coupon finds the order whose page is still open.
 * @param isWanted true for an order that is paid in the way that the caller goes on with
 * @param draft called for a new order only: what was ordered before stays as it was, whatever became of the catalog
 * @throws TOO_MANY_OPEN_CHECKOUTS, IDEMPOTENCY_KEY_REUSED, and what `draft` throws
 */
export async function placeOrder<O extends Order>(
  deps: OrdersNeeds,
  accountId: string,
  { key, requestHash }: Idempotency,
  isWanted: (order: Order) => order is O,
  draft: () => Promise<OrderDraft>,
): Promise<{ order: O; replayed: boolean }> {
  const id = idOfRequest({ account: accountId }, 'ord', key);
  const known = key ? await deps.orders.find(id) : null;
  const drafted = known ?? newOrder(await draft(), { id, accountId, requestHash }, deps.clock());
  if (known && known.requestHash !== requestHash) throw idempotencyKeyReused();
  const order =
    known ??
    (await openOrderOr<Order>(
      deps,
      drafted,
      async (open) => open,
      () => store(deps, drafted),
    ));
  if (order.id === id && order.requestHash !== requestHash) throw idempotencyKeyReused();
  if (!isWanted(order)) throw idempotencyKeyReused();
  return { order, replayed: known !== null || order !== drafted };
}

/** Stores a new order together with its place and the use of its coupon, or gives the one that already has its id. */
function store(deps: OrdersNeeds, order: Order): Promise<Order> {
  return runUnitOfWork(deps.db, async (unit) => {
    const countUse = order.discount && (await stageFirstUse(unit, deps, order, order.createdAt));
    const existing = await deps.orders.findIn(unit, order.id);
    if (existing) return existing;
    const takePlace = await stageOpenCheckout(unit, deps, order);
    countUse?.();
    takePlace();
    deps.orders.createIn(unit, order);
    return order;
  });
}
