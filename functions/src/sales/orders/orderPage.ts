import { addSeconds, type IsoTime } from '@cloud-bridge/base';
import type { OrderDiscount } from '../coupons/orderDiscount.ts';
import type { Checkout } from '../payments/paymentProvider.ts';
import { providerRefused } from '../payments/payments.errors.ts';
import { providerOf } from '../payments/providers.ts';
import { changeOrder } from './changeOrder.ts';
import type { OrdersNeeds } from './needs.ts';
import { isPageOrder, type Order, type OrderCheckout, type PageOrder, UNPAID_ENDS } from './order.ts';
import { orderClosed } from './orders.errors.ts';

/** A page holds the use of its order's coupon; Stripe's pages last half an hour at least. */
const COUPON_PAGE_SECONDS = 31 * 60;
/** What Stripe wants at least, with what clocks may differ by. */
const LEAST_PAGE_SECONDS = 30.5 * 60;

/** When the page of an order is to close; null where the provider decides. The same for every try at first. Pure. */
export function pageEndOf({ discount, createdAt }: Order, now: IsoTime): IsoTime | null {
  if (!discount) return null;
  const planned = addSeconds(createdAt, COUPON_PAGE_SECONDS);
  return planned >= addSeconds(now, LEAST_PAGE_SECONDS) ? planned : addSeconds(now, COUPON_PAGE_SECONDS);
}

/** A page that a provider has opened, and what it was opened with. */
interface OpenedPage {
  readonly opened: Checkout;
  readonly discount: OrderDiscount | undefined;
  /** Who pays for sure. */
  readonly customerId: string | null;
}

/**
 * Notes the page of an order, unless the order has one by now; gives the one that it has. An order may have been closed
 * while its page was being opened: then the page is closed as well, and whoever has paid on it already gets the
 * credits.
 * @throws ORDER_CLOSED, PAYMENT_PROVIDER_REFUSED (another discount than ordered)
 */
export async function notePage(
  deps: OrdersNeeds,
  { id, provider }: PageOrder,
  { opened: { discountMinor, ...checkout }, discount, customerId }: OpenedPage,
): Promise<OrderCheckout> {
  const charged = discount && discountAsCharged(discount, discountMinor);
  const updatedAt = deps.clock();
  const stored = await changeOrder(deps, id, (current) =>
    isPageOrder(current) && !current.checkout
      ? { ...current, checkout, customerId, updatedAt, ...(charged && { discount: charged }) }
      : current,
  );
  if (!UNPAID_ENDS.includes(stored.status)) return stored.checkout ?? checkout;
  await providerOf(deps, { provider }).checkouts.closeCheckout(checkout.sessionId);
  throw orderClosed(stored.status);
}

/**
 * The discount as the provider's page has it: a percentage may be rounded there by one more or less. Another one would
 * not be what was ordered.
 * @throws PAYMENT_PROVIDER_REFUSED
 */
function discountAsCharged(discount: OrderDiscount, chargedMinor: number): OrderDiscount {
  if (Math.abs(chargedMinor - discount.amountMinor) <= 1) return { ...discount, amountMinor: chargedMinor };
  throw providerRefused(new Error(`the discount of ${discount.couponCode} is ${chargedMinor} at the provider`));
}
