import { hasLapsed, type IsoTime } from '@cloud-bridge/base';
import { hasCode } from '../../platform/errors/refusal.ts';
import type { OrdersNeeds } from './needs.ts';
import { amountMinorOf, isPageOrder, type Order, type PageOrder } from './order.ts';

/** Pending orders that are searched; far more than the 20 that an account may have open. */
const MAX_OPEN = 100;
/** Codes that mean that other orders, perhaps an open order for the same purchase, have used the coupon up. */
const USED_UP = ['COUPON_USED_UP', 'COUPON_ALREADY_USED'] as const;

/** The fields of an order that are known before it is placed. */
export type Wanted = Pick<
  Order,
  'accountId' | 'kind' | 'provider' | 'productKey' | 'credits' | 'unitAmountMinor' | 'currency' | 'discount'
> &
  Pick<Order, 'successUrl' | 'cancelUrl'>;

/**
 * Passes the account's open order for the same purchase with the same coupon to `found`; places a new order when there
 * is none. So a repeated or concurrent request finds the page that holds the only use of a coupon.
 * @throws what `place` throws
 */
export async function openOrderOr<T>(
  deps: OrdersNeeds,
  wanted: Wanted,
  found: (order: PageOrder) => Promise<T>,
  place: () => Promise<T>,
): Promise<T> {
  const open = await findOpenOrder(deps, wanted);
  if (open) return found(open);
  try {
    return await place();
  } catch (error) {
    if (!hasCode(error, ...USED_UP)) throw error;
    const rival = await findOpenOrder(deps, wanted);
    if (rival) return found(rival);
    throw error;
  }
}

async function findOpenOrder(deps: OrdersNeeds, wanted: Wanted): Promise<PageOrder | null> {
  if (!wanted.discount) return null;
  const now = deps.clock();
  const query = { by: 'createdAt', limit: MAX_OPEN, status: 'pending' } as const;
  const pending = await deps.orders.list(wanted.accountId, query);
  return pending.filter(isPageOrder).find((order) => isOpenFor(order, wanted, now)) ?? null;
}

/**
 * True for a pending order whose page is open and sells the wanted product at its current price, give or take one minor
 * unit of rounding. Pure.
 */
export function isOpenFor(order: Order, wanted: Wanted, now: IsoTime): boolean {
  return (
    order.status === 'pending' &&
    order.method === 'checkout' &&
    !hasLapsed(order.checkout?.expiresAt ?? null, now) &&
    order.discount?.couponCode === wanted.discount?.couponCode &&
    Math.abs(amountMinorOf(order) - amountMinorOf(wanted)) <= 1 &&
    FIELDS.every((field) => order[field] === wanted[field])
  );
}

const FIELDS = [
  'accountId',
  'kind',
  'provider',
  'productKey',
  'credits',
  'unitAmountMinor',
  'currency',
  'successUrl',
  'cancelUrl',
] as const;
