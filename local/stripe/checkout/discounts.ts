import { StripeError } from '../api/stripeError.ts';
import { idOf } from '../idOf.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount, WireLineItem } from '../localAccount.ts';
import { amountOff, currentCoupon } from '../resources/coupons.ts';
import { couponOf, currentPromotionCode } from '../resources/promotionCodes.ts';

type Requested = Stripe.Checkout.SessionCreateParams['discounts'];

/** A discount for a session. */
export interface FoundDiscount {
  coupon: Stripe.Coupon;
  /** The discount as the session shows it. */
  shown: Stripe.Checkout.Session.Discount;
}

/**
 * Returns the discount that was requested for a session; undefined when none was.
 *
 * @throws StripeError when the discount isn't valid, or has no amount in the session's currency
 */
export function requireDiscount(
  account: LocalAccount,
  requested: Requested,
  currency: string,
): FoundDiscount | undefined {
  const [discount, ...others] = requested ?? [];
  if (!discount) return undefined;
  if (others.length > 0) throw StripeError.invalid('You can have up to 1 discount.', { param: 'discounts' });
  const found = findDiscount(account, discount);
  if (!found.coupon.valid) throw StripeError.invalid('This coupon is not valid any more.', { param: 'discounts[0]' });
  if (found.coupon.percent_off === null && amountOff(found.coupon, currency) === undefined) {
    throw StripeError.invalid(`The coupon ${found.coupon.id} has no discount in ${currency}.`, {
      param: 'discounts[0]',
    });
  }
  return found;
}

function findDiscount(
  account: LocalAccount,
  { coupon, promotion_code: promotionCode }: NonNullable<Requested>[number],
): FoundDiscount {
  if ((coupon === undefined) === (promotionCode === undefined)) {
    throw StripeError.invalid('Exactly one of coupon and promotion_code is needed.', { param: 'discounts[0]' });
  }
  if (coupon !== undefined) {
    const found = account.coupons.get(coupon, 'discounts[0][coupon]');
    return { coupon: currentCoupon(account, found), shown: { coupon, promotion_code: null } };
  }
  const code = account.promotionCodes.get(promotionCode ?? '', 'discounts[0][promotion_code]');
  if (!currentPromotionCode(account, code).active) {
    throw StripeError.invalid('This promotion code is not active any more.', {
      param: 'discounts[0][promotion_code]',
    });
  }
  return { coupon: couponOf(account, code), shown: { coupon: null, promotion_code: code.id } };
}

/** Spreads the discount of a coupon over the lines by their amounts; the shares add up to exactly the discount. */
export function discountLines(lines: readonly WireLineItem[], coupon: Stripe.Coupon, currency: string): void {
  const subtotal = lines.reduce((sum, line) => sum + line.amount_subtotal, 0);
  const total = reduction(coupon, subtotal, currency);
  let left = total;
  for (const [index, line] of lines.entries()) {
    const isLast = index === lines.length - 1;
    const share = isLast ? left : Math.floor((total * line.amount_subtotal) / Math.max(1, subtotal));
    line.amount_discount = share;
    line.amount_total = line.amount_subtotal - share;
    left -= share;
  }
}

function reduction(coupon: Stripe.Coupon, subtotal: number, currency: string): number {
  if (coupon.percent_off !== null) return Math.round((subtotal * coupon.percent_off) / 100);
  return Math.min(subtotal, amountOff(coupon, currency) ?? 0);
}

/** Counts a use of each coupon and promotion code of a completed session. */
export function countRedemption(account: LocalAccount, session: Stripe.Checkout.Session): void {
  for (const { coupon: couponId, promotion_code: codeId } of session.discounts ?? []) {
    const code = account.promotionCodes.find(idOf(codeId) ?? '');
    const coupon = account.coupons.find(idOf(code ? code.promotion.coupon : couponId) ?? '');
    if (code) code.times_redeemed += 1;
    if (coupon) coupon.times_redeemed += 1;
  }
}
