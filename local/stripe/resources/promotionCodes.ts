import { defineRoute, type Resource } from '../api/apiRoute.ts';
import { isCreatedWithin, LIST_PARAMETERS, paginate } from '../api/pagination.ts';
import { StripeError } from '../api/stripeError.ts';
import { previousAttributes } from '../changes.ts';
import { idOf } from '../idOf.ts';
import { createId } from '../ids.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';
import { mergeMetadata } from '../metadata.ts';
import { currentCoupon } from './coupons.ts';

/** Returns the coupon of a promotion code. */
export function couponOf(account: LocalAccount, code: Stripe.PromotionCode): Stripe.Coupon {
  return currentCoupon(account, account.coupons.get(idOf(code.promotion.coupon) ?? ''));
}

/** Updates and returns a promotion code: it becomes inactive by its own end time and count, and with its coupon. */
export function currentPromotionCode(account: LocalAccount, code: Stripe.PromotionCode): Stripe.PromotionCode {
  const isUsedUp = code.max_redemptions !== null && code.times_redeemed >= code.max_redemptions;
  const isOver = code.expires_at !== null && code.expires_at <= account.clock.nowSeconds();
  const coupon = account.coupons.find(idOf(code.promotion.coupon) ?? '');
  if (isUsedUp || isOver || !coupon || !currentCoupon(account, coupon).valid) code.active = false;
  return code;
}

function createPromotionCode(account: LocalAccount, params: Stripe.PromotionCodeCreateParams): Stripe.PromotionCode {
  const couponId = params.promotion.coupon;
  if (couponId === undefined) throw StripeError.missingParameter('promotion[coupon]');
  const coupon = currentCoupon(account, account.coupons.get(couponId, 'promotion[coupon]'));
  if (!coupon.valid) {
    throw StripeError.invalid(`Coupon ${coupon.id} is not valid any more.`, { param: 'promotion[coupon]' });
  }
  const text = requireCode(account, params.code ?? createId('', 8).toUpperCase());
  const code = account.promotionCodes.add({
    id: createId('promo_1', 23),
    object: 'promotion_code',
    active: params.active ?? true,
    code: text,
    created: account.clock.nowSeconds(),
    customer: null,
    customer_account: null,
    expires_at: params.expires_at ?? coupon.redeem_by,
    livemode: false,
    max_redemptions: params.max_redemptions ?? null,
    metadata: mergeMetadata(null, params.metadata),
    promotion: { type: 'coupon', coupon: coupon.id },
    restrictions: { first_time_transaction: false, minimum_amount: null, minimum_amount_currency: null },
    times_redeemed: 0,
  });
  account.emit('promotion_code.created', code);
  return code;
}

function requireCode(account: LocalAccount, text: string): string {
  if (!/^[A-Za-z0-9-]{1,500}$/.test(text)) {
    throw StripeError.invalid('A promotion code may only contain letters, digits and dashes.', { param: 'code' });
  }
  const isTaken = account.promotionCodes
    .newestFirst()
    .some((code) => isSameText(code.code, text) && currentPromotionCode(account, code).active);
  if (!isTaken) return text;
  throw StripeError.invalid(`An active promotion code with \`code: ${text}\` already exists.`, { param: 'code' });
}

function isSameText(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function updatePromotionCode(
  account: LocalAccount,
  code: Stripe.PromotionCode,
  params: Stripe.PromotionCodeUpdateParams,
): Stripe.PromotionCode {
  const before = structuredClone(code);
  code.metadata = mergeMetadata(code.metadata, params.metadata);
  if (params.active && !code.active) requireCode(account, code.code);
  if (params.active !== undefined) code.active = params.active;
  const previous = previousAttributes(before, code);
  if (previous) account.emit('promotion_code.updated', code, previous);
  return code;
}

export const promotionCodes: Resource = {
  routes: [
    defineRoute<Stripe.PromotionCodeCreateParams>({
      method: 'POST',
      path: '/v1/promotion_codes',
      accepts: ['active', 'code', 'expires_at', 'max_redemptions', 'metadata', 'promotion'],
      handle: ({ account, params }) => createPromotionCode(account, params),
    }),
    defineRoute<Stripe.PromotionCodeUpdateParams>({
      method: 'POST',
      path: '/v1/promotion_codes/{id}',
      accepts: ['active', 'metadata'],
      handle: ({ account, params, id }) =>
        updatePromotionCode(account, currentPromotionCode(account, account.promotionCodes.get(id)), params),
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/promotion_codes/{id}',
      accepts: [],
      handle: ({ account, id }) => currentPromotionCode(account, account.promotionCodes.get(id)),
    }),
    defineRoute<Stripe.PromotionCodeListParams>({
      method: 'GET',
      path: '/v1/promotion_codes',
      accepts: [...LIST_PARAMETERS, 'active', 'code', 'coupon', 'created'],
      handle: ({ account, params, path }) => {
        const found = account.promotionCodes
          .newestFirst()
          .map((code) => currentPromotionCode(account, code))
          .filter(
            (code) =>
              isCreatedWithin(code.created, params.created) &&
              (params.active ?? code.active) === code.active &&
              isSameText(params.code ?? code.code, code.code) &&
              (params.coupon ?? idOf(code.promotion.coupon)) === idOf(code.promotion.coupon),
          );
        return paginate(found, params, path);
      },
    }),
  ],
};
