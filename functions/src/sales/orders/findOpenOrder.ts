import { hasLapsed, type IsoTime } from '@cloud-bridge/base';
import { hasCode } from '../../platform/errors/refusal.ts';
import type { OrdersNeeds } from './needs.ts';
import { amountMinorOf, isPageOrder, type Order, type PageOrder } from './order.ts';

/** Nobody has more open pages than this. */
const MAX_OPEN = 100;
/** What a coupon says that other orders, perhaps this very one, have used up. */
const USED_UP = ['COUPON_USED_UP', 'COUPON_ALREADY_USED'] as const;

/** An order as far as it is known before it is placed. */
export type Wanted = Pick<
  Order,
  'accountId' | 'kind' | 'provider' | 'productKey' | 'credits' | 'unitAmountMinor' | 'currency' | 'discount'
> &
  Pick<Order, 'successUrl' | 'cancelUrl'>;

/**
 * The order that an account already has open for the same thing with the same coupon; otherwise the one that is placed
 * now. So a page that holds a coupon's only use is found again by whoever asks for it again, also by two at once.
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

/** True for an order whose page sells what is wanted, for what it costs now. Pure. */
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
