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

/** The fields of a new order that its caller decides: product, price and payment method. */
export type OrderDraft = Sale & {
  readonly customerId?: string | null;
  readonly discount?: OrderDiscount;
  /** Defaults to the default provider. */
  readonly provider?: ProviderName;
} & (PageDraft | CardDraft | PlanDraft | InvoiceDraft);

type PageDraft = (PackProduct | TopUpProduct | PlanProduct) &
  PageTargets & { readonly method: 'checkout'; readonly providerProductId?: string };

type CardDraft = (PackProduct | TopUpProduct) & {
  readonly method: 'direct' | 'automatic';
  readonly direct: CardCharge;
};

/** A period of a plan; the provider charges it with the subscription. */
type PlanDraft = PlanProduct & { readonly method: 'direct' | 'automatic' };

type InvoiceDraft = InvoicedProduct & { readonly method: 'invoice'; readonly daysUntilDue: number };

/** The id, account and wallet of a new order. */
type OrderIdentity = Pick<Order, 'id' | 'accountId' | 'requestHash'> & Partial<Pick<Order, 'walletId'>>;

/** Returns a new, pending order; for the main wallet unless its identity names another. */
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

/**
 * Returns the first values of the fields that all orders have; fields that don't go with the order's method stay null.
 */
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
 * Stores an order before any provider is called, so that every payment has an order. A repeated request returns the
 * first order. A request for the same product with the same coupon returns the open order, even under another
 * idempotency key.
 * @param isWanted narrows the order to the kinds that the caller can continue with
 * @param draft called only for a new order: a stored order keeps its terms, even when the catalog has changed
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

/**
 * Stores a new order together with its place among open checkouts and the use of its coupon, in one commit; returns the
 * stored order if the id exists already.
 */
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
