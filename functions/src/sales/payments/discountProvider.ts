import type { Prices } from '../../catalog/catalog.ts';

/** What a discount takes off: a part of the price, or an amount in each currency in which it is good. */
export type DiscountBenefit =
  | { readonly type: 'percent'; readonly percentOff: number }
  | { readonly type: 'amount'; readonly amountsOffMinor: Prices };

/** A discount to be known at a provider. */
export interface DiscountRequest {
  readonly code: string;
  readonly name: string | null;
  readonly benefit: DiscountBenefit;
}

/** What stands for a discount at a provider. */
export interface ProviderDiscount {
  readonly couponId: string;
  readonly promotionCodeId: string;
}

/** Keeps what stands for discounts on a provider's pages. Limits are kept here, because checkouts may be abandoned. */
export interface DiscountProvider {
  /**
   * Creates a discount once, however often it is asked to; what is gone of one is made again.
   * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
   */
  createDiscount(request: DiscountRequest): Promise<ProviderDiscount>;
  /**
   * Ends a discount; one that has ended stays so.
   * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
   */
  endDiscount(promotionCodeId: string): Promise<void>;
}
