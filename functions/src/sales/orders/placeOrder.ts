import { type Idempotency, idempotencyKeyReused, idOfRequest, runUnitOfWork } from '@cloud-bridge/base';
import { MAIN_WALLET_ID } from '@cloud-bridge/ledger';
import { DEFAULT_PROVIDER } from '../../access/accounts/providerName.ts';
import { stageFirstUse } from './couponUse.ts';
import { openOrderOr } from './findOpenOrder.ts';
import type { OrdersNeeds } from './needs.ts';
import type { Order } from './order.ts';
import { stageOpenCheckout } from './stageOpenCheckout.ts';

/** What an order is about; the rest of a new order is the same for all. */
export type OrderDraft = Pick<
  Order,
  | 'kind'
  | 'method'
  | 'productKey'
  | 'productName'
  | 'credits'
  | 'unitAmountMinor'
  | 'currency'
  | 'successUrl'
  | 'cancelUrl'
  | 'direct'
  | 'discount'
  | 'daysUntilDue'
> &
  Partial<Pick<Order, 'customerId' | 'provider' | 'providerProductId'>>;

/** An order as it begins; for the main wallet unless its identity says otherwise. */
export function newOrder(
  draft: OrderDraft,
  identity: Pick<Order, 'id' | 'accountId' | 'requestHash'> & Partial<Pick<Order, 'walletId'>>,
  now: string,
): Order {
  return {
    customerId: null,
    provider: DEFAULT_PROVIDER,
    ...draft,
    walletId: MAIN_WALLET_ID,
    ...identity,
    status: 'pending',
    checkout: null,
    paymentId: null,
    entryId: null,
    balanceAfterCredits: null,
    lastPaymentError: null,
    createdAt: now,
    updatedAt: now,
    paidAt: null,
  };
}

/**
 * Writes an order before any provider is called, so that no payment is ever without one; a repetition finds the first,
 * and who asks again for the same thing with the same coupon finds the order whose page is still open.
 * @param draft called for a new order only: what was ordered before stays as it was, whatever became of the catalog
 * Throws 409 `TOO_MANY_OPEN_CHECKOUTS`, 422 for an Idempotency-Key that was used for something else, and what `draft`
 * throws.
 */
export async function placeOrder(
  deps: OrdersNeeds,
  accountId: string,
  { key, requestHash }: Idempotency,
  draft: () => Promise<OrderDraft>,
): Promise<{ order: Order; replayed: boolean }> {
  const id = idOfRequest({ account: accountId }, 'ord', key);
  const known = key ? await deps.orders.find(id) : null;
  const drafted = known ?? newOrder(await draft(), { id, accountId, requestHash }, deps.clock());
  if (known && known.requestHash !== requestHash) throw idempotencyKeyReused();
  const order =
    known ??
    (await openOrderOr(
      deps,
      drafted,
      async (open) => open,
      () => store(deps, drafted),
    ));
  if (order.id === id && order.requestHash !== requestHash) throw idempotencyKeyReused();
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
