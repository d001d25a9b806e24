import Stripe from 'stripe';
import { CURRENCIES } from '../../catalog/currency.ts';
import type { Coupon } from '../../sales/coupons/coupon.ts';
import type { DiscountProvider, DiscountRequest } from '../../sales/payments/discountProvider.ts';
import { callStripe, isMissing } from './callStripe.ts';

/** Creates and ends discounts at Stripe: a coupon and a promotion code with the code that customers know. */
export class StripeDiscountProvider implements DiscountProvider {
  readonly #client: () => Stripe;

  constructor(client: () => Stripe) {
    this.#client = client;
  }

  async createDiscount(request: DiscountRequest): Promise<NonNullable<Coupon['provider']>> {
    return callStripe(async () => {
      const couponId = await this.#createCoupon(request);
      return { couponId, promotionCodeId: await this.#createPromotionCode(request.code, couponId) };
    });
  }

  async endDiscount(promotionCodeId: string): Promise<void> {
    await callStripe(async () => {
      try {
        await this.#client().promotionCodes.update(promotionCodeId, { active: false });
      } catch (error) {
        // If Stripe doesn't have the promotion code any more, the discount has ended already.
        if (!isMissing(error)) throw error;
      }
    });
  }

  async #createCoupon({ code, name, benefit }: DiscountRequest): Promise<string> {
    const params: Stripe.CouponCreateParams = {
      id: `cbb-${code}`,
      name: name ?? code,
      duration: 'once',
      metadata: { couponCode: code },
      ...(benefit.type === 'percent' ? { percent_off: benefit.percentOff } : amountsOff(benefit.amountsOffMinor)),
    };
    try {
      return (await this.#client().coupons.create(params)).id;
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeInvalidRequestError) || !params.id) throw error;
      // An earlier try, whose answer was lost, may have created this coupon; a different coupon mustn't be used.
      const existing = await this.#client().coupons.retrieve(params.id);
      const isSame =
        existing.percent_off === (params.percent_off ?? null) && existing.amount_off === (params.amount_off ?? null);
      if (isSame && existing.metadata?.couponCode === code) return existing.id;
      throw error;
    }
  }

  async #createPromotionCode(code: string, coupon: string): Promise<string> {
    try {
      return (await this.#client().promotionCodes.create({ code, promotion: { type: 'coupon', coupon } })).id;
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
      const [existing] = (await this.#client().promotionCodes.list({ code, coupon, active: true, limit: 1 })).data;
      if (existing) return existing.id;
      throw error;
    }
  }
}

/** Translates amounts into Stripe's parameters: one main currency, and options for the others. */
function amountsOff(
  amountsOffMinor: Extract<DiscountRequest['benefit'], { type: 'amount' }>['amountsOffMinor'],
): Pick<Stripe.CouponCreateParams, 'amount_off' | 'currency' | 'currency_options'> {
  const [first, ...others] = CURRENCIES.flatMap((currency) => {
    const amount_off = amountsOffMinor[currency];
    return amount_off === undefined ? [] : [{ currency, amount_off }];
  });
  if (!first) throw new Error('a discount has no amount');
  const options = others.map(({ currency, amount_off }) => [currency, { amount_off }] as const);
  return { ...first, ...(options.length > 0 && { currency_options: Object.fromEntries(options) }) };
}
