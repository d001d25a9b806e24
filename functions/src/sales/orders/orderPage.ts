import { addSeconds, type IsoTime } from '@cloud-bridge/base';
import type { OrderDiscount } from '../coupons/orderDiscount.ts';
import type { Checkout } from '../payments/paymentProvider.ts';
import { providerRefused } from '../payments/payments.errors.ts';
import { providerOf } from '../payments/providers.ts';
import { changeOrder } from './changeOrder.ts';
import type { OrdersNeeds } from './needs.ts';
import { isPageOrder, type Order, type OrderCheckout, type PageOrder, UNPAID_ENDS } from './order.ts';
import { orderClosed } from './orders.errors.ts';

/**
 * Seconds that a page with a coupon stays open. Short, because the page holds a use of the coupon; Stripe's minimum is
 * half an hour.
 */
const COUPON_PAGE_SECONDS = 31 * 60;
/** Stripe's minimum of half an hour, plus 30 seconds for differences between clocks. */
const LEAST_PAGE_SECONDS = 30.5 * 60;

/**
 * Returns when the page of an order has to close; null where the provider decides. Attempts in the first 30 seconds get
 * the same time, so that repeated requests to the provider are equal. Pure.
 */
export function pageEndOf({ discount, createdAt }: Order, now: IsoTime): IsoTime | null {
  if (!discount) return null;
  const planned = addSeconds(createdAt, COUPON_PAGE_SECONDS);
  return planned >= addSeconds(now, LEAST_PAGE_SECONDS) ? planned : addSeconds(now, COUPON_PAGE_SECONDS);
}

/** A page that a provider has opened, with the discount and customer that it was opened with. */
interface OpenedPage {
  readonly opened: Checkout;
  readonly discount: OrderDiscount | undefined;
  /** The provider's customer that is sure to pay; null until the provider creates its customer on its own page. */
  readonly customerId: string | null;
}

/**
 * Records the page of an order unless the order already has one, and returns the order's page. If the order was closed
 * while its page was being opened, closes the page as well; a customer who has already paid on the page still gets the
 * credits.
 * @throws ORDER_CLOSED, PAYMENT_PROVIDER_REFUSED (the provider's discount differs from the ordered one)
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
 * Returns the discount as the provider charges it: the provider may round a percentage differently by one minor unit. A
 * larger difference isn't what was ordered, and is refused.
 * @throws PAYMENT_PROVIDER_REFUSED
 */
function discountAsCharged(discount: OrderDiscount, chargedMinor: number): OrderDiscount {
  if (Math.abs(chargedMinor - discount.amountMinor) <= 1) return { ...discount, amountMinor: chargedMinor };
  throw providerRefused(new Error(`the discount of ${discount.couponCode} is ${chargedMinor} at the provider`));
}
