import type { Coupon, CouponBenefit } from './coupon.ts';

/** A discount to be known at a provider. */
export interface DiscountRequest {
  readonly code: string;
  readonly name: string | null;
  readonly benefit: Exclude<CouponBenefit, { type: 'credits' }>;
}

/** Keeps what stands for discounts on a provider's pages. Limits are kept here, because checkouts may be abandoned. */
export interface DiscountProvider {
  /**
   * Creates a discount once, however often it is asked to; what is gone of one is made again.
   * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
   */
  createDiscount(request: DiscountRequest): Promise<NonNullable<Coupon['provider']>>;
  /**
   * Ends a discount; one that has ended stays so.
   * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
   */
  endDiscount(promotionCodeId: string): Promise<void>;
}
