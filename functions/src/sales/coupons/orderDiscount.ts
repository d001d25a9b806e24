/** What a coupon takes off an order. */
export interface OrderDiscount {
  readonly couponCode: string;
  readonly amountMinor: number;
  /** What stands for it at the provider. */
  readonly promotionCodeId: string;
  /** Whether the order counts as a use of the coupon: while it is to be paid, and once it is. */
  readonly isCounted: boolean;
}
