import { defineRoute, type Resource } from '../api/apiRoute.ts';
import { isCreatedWithin, LIST_PARAMETERS, paginate } from '../api/pagination.ts';
import { StripeError } from '../api/stripeError.ts';
import { previousAttributes } from '../changes.ts';
import { idOf } from '../idOf.ts';
import { createId } from '../ids.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';
import { mergeMetadata } from '../metadata.ts';
import { parseCurrency } from '../money.ts';

type CurrencyOptions = NonNullable<Stripe.Coupon['currency_options']>;

/** Discounts of coupons in other currencies; Stripe sends them only to callers that ask to expand them. */
const currencyOptionsByCoupon = new WeakMap<Stripe.Coupon, CurrencyOptions>();

/** Returns a coupon's discount in a currency; undefined for a percentage, or if the coupon lacks the currency. */
export function amountOff(coupon: Stripe.Coupon, currency: string): number | undefined {
  if (coupon.currency === currency) return coupon.amount_off ?? undefined;
  return currencyOptionsByCoupon.get(coupon)?.[currency]?.amount_off;
}

/** Updates and returns a coupon: `valid` is false after its last redemption or its end time. */
export function currentCoupon(account: LocalAccount, coupon: Stripe.Coupon): Stripe.Coupon {
  const isUsedUp = coupon.max_redemptions !== null && coupon.times_redeemed >= coupon.max_redemptions;
  const isOver = coupon.redeem_by !== null && coupon.redeem_by <= account.clock.nowSeconds();
  coupon.valid = !isUsedUp && !isOver;
  return coupon;
}

function createCoupon(account: LocalAccount, params: Stripe.CouponCreateParams): Stripe.Coupon {
  const { id = createId('', 8) } = params;
  if (id === '' || account.coupons.find(id)) {
    throw StripeError.invalid('Coupon already exists.', { code: 'resource_already_exists', param: 'id' });
  }
  const currency = requireReduction(params);
  requireDuration(params);
  if (params.redeem_by !== undefined && params.redeem_by <= account.clock.nowSeconds()) {
    throw StripeError.invalid('redeem_by must be in the future.', { param: 'redeem_by' });
  }
  if (params.max_redemptions !== undefined && params.max_redemptions < 1) {
    throw invalidInteger('max_redemptions');
  }
  const coupon: Stripe.Coupon = {
    id,
    object: 'coupon',
    amount_off: params.amount_off ?? null,
    created: account.clock.nowSeconds(),
    currency,
    duration: params.duration ?? 'once',
    duration_in_months: params.duration_in_months ?? null,
    livemode: false,
    max_redemptions: params.max_redemptions ?? null,
    metadata: mergeMetadata(null, params.metadata),
    name: params.name ?? null,
    percent_off: params.percent_off ?? null,
    redeem_by: params.redeem_by ?? null,
    times_redeemed: 0,
    valid: true,
  };
  if (params.currency_options) currencyOptionsByCoupon.set(coupon, requireOptions(params.currency_options));
  account.coupons.add(coupon);
  account.emit('coupon.created', coupon);
  return coupon;
}

/**
 * Checks the discount of a new coupon.
 *
 * @returns the currency of a discount by amount; null for a percentage
 */
function requireReduction({ amount_off, percent_off, currency }: Stripe.CouponCreateParams): string | null {
  if ((amount_off === undefined) === (percent_off === undefined)) {
    throw StripeError.invalid('You must pass exactly one of percent_off and amount_off.');
  }
  if (percent_off !== undefined) {
    if (percent_off > 0 && percent_off <= 100) return null;
    throw StripeError.invalid('percent_off must be greater than 0 and at most 100.', { param: 'percent_off' });
  }
  if ((amount_off ?? 0) < 1) throw invalidInteger('amount_off');
  if (currency === undefined) throw StripeError.missingParameter('currency');
  return parseCurrency(currency, 'currency');
}

function requireOptions(options: NonNullable<Stripe.CouponCreateParams['currency_options']>): CurrencyOptions {
  return Object.fromEntries(
    Object.entries(options).map(([currency, { amount_off }]) => {
      if (amount_off < 1) throw invalidInteger(`currency_options[${currency}][amount_off]`);
      return [parseCurrency(currency, 'currency_options'), { amount_off }];
    }),
  );
}

function requireDuration({ duration, duration_in_months }: Stripe.CouponCreateParams): void {
  if ((duration === 'repeating') === (duration_in_months !== undefined)) return;
  throw StripeError.invalid('duration_in_months is required for, and only for, duration=repeating.', {
    param: 'duration_in_months',
  });
}

/** Deletes a coupon, which also makes its promotion codes invalid. */
function deleteCoupon(account: LocalAccount, id: string): Stripe.DeletedCoupon {
  const coupon = account.coupons.get(id);
  coupon.valid = false;
  for (const code of account.promotionCodes.newestFirst()) {
    if (idOf(code.promotion.coupon) === id) code.active = false;
  }
  account.coupons.delete(id);
  account.emit('coupon.deleted', coupon);
  return { id, object: 'coupon', deleted: true };
}

function invalidInteger(param: string): StripeError {
  return StripeError.invalid('Invalid positive integer', { code: 'parameter_invalid_integer', param });
}

export const coupons: Resource = {
  routes: [
    defineRoute<Stripe.CouponCreateParams>({
      method: 'POST',
      path: '/v1/coupons',
      accepts: [
        'amount_off',
        'currency',
        'currency_options',
        'duration',
        'duration_in_months',
        'id',
        'max_redemptions',
        'metadata',
        'name',
        'percent_off',
        'redeem_by',
      ],
      handle: ({ account, params }) => createCoupon(account, params),
    }),
    defineRoute<Stripe.CouponUpdateParams>({
      method: 'POST',
      path: '/v1/coupons/{id}',
      accepts: ['metadata', 'name'],
      handle: ({ account, params, id }) => {
        const coupon = currentCoupon(account, account.coupons.get(id));
        const before = structuredClone(coupon);
        coupon.metadata = mergeMetadata(coupon.metadata, params.metadata);
        if (params.name !== undefined) coupon.name = params.name;
        const previous = previousAttributes(before, coupon);
        if (previous) account.emit('coupon.updated', coupon, previous);
        return coupon;
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/coupons/{id}',
      accepts: [],
      handle: ({ account, id }) => currentCoupon(account, account.coupons.get(id)),
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/coupons/{id}',
      accepts: [],
      handle: ({ account, id }) => deleteCoupon(account, id),
    }),
    defineRoute<Stripe.CouponListParams>({
      method: 'GET',
      path: '/v1/coupons',
      accepts: [...LIST_PARAMETERS, 'created'],
      handle: ({ account, params, path }) => {
        const found = account.coupons.newestFirst().filter(({ created }) => isCreatedWithin(created, params.created));
        return paginate(
          found.map((coupon) => currentCoupon(account, coupon)),
          params,
          path,
        );
      },
    }),
  ],
};
