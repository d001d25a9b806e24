import type { Prices } from '../../catalog/catalog.ts';

/** The benefit of a discount: a percentage of the price, or an amount in each supported currency. */
export type DiscountBenefit =
  | { readonly type: 'percent'; readonly percentOff: number }
  | { readonly type: 'amount'; readonly amountsOffMinor: Prices };

/** A discount to create at a provider. */
export interface DiscountRequest {
  readonly code: string;
  readonly name: string | null;
  readonly benefit: DiscountBenefit;
}

/** The provider's ids of a discount. */
export interface ProviderDiscount {
  readonly couponId: string;
  readonly promotionCodeId: string;
}

/**
 * Port to a provider's discounts, which its pages apply. Usage limits are enforced here instead, because customers may
 * abandon checkouts.
 */
export interface DiscountProvider {
  /**
   * Creates a discount; a repetition returns the same one. Recreates parts that the provider no longer has.
   * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
   */
  createDiscount(request: DiscountRequest): Promise<ProviderDiscount>;
  /**
   * Ends a discount. Ending it again changes nothing.
   * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
   */
  endDiscount(promotionCodeId: string): Promise<void>;
}
