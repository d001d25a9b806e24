/** The discount of a coupon on an order. */
export interface OrderDiscount {
  readonly couponCode: string;
  readonly amountMinor: number;
  /** The discount's id at the provider. */
  readonly promotionCodeId: string;
  /** True if the order counts as a use of the coupon: while it can still be paid, and after it was paid. */
  readonly isCounted: boolean;
}
