import type { IsoTime } from '@cloud-bridge/base';
import type { Catalog } from '../../catalog/catalog.ts';
import { amountMinorOf, type Order, totalMinorOf } from '../orders/order.ts';

/** What has to be bought in each of three calendar months in a row, in US cents. */
const MONTHLY_MINIMUM_USD_MINOR = 100_000;
const MONTHS_IN_A_ROW = 3;
/** The present month and the three before it: the three may end with either of the last two. */
const MONTHS_LOOKED_AT = MONTHS_IN_A_ROW + 1;

/** What was bought in a calendar month (UTC), such as `2026-03`. */
interface MonthOfPurchases {
  readonly month: string;
  readonly purchasedUsdMinor: number;
}

/** Whether an account may ask to pay by invoice, and why. */
export interface Eligibility {
  readonly isEligible: boolean;
  /** The months that count, oldest first; the last one is the present one. */
  readonly months: readonly MonthOfPurchases[];
}

/** The first moment that counts for eligibility. */
export function eligibleSince(now: IsoTime): IsoTime {
  return `${monthBefore(now, MONTHS_LOOKED_AT - 1)}-01T00:00:00.000Z`;
}

/**
 * True with purchases of 1,000 USD or more in each of three calendar months in a row, up to the present or the last
 * one. What went back of a purchase doesn't count, nor does tax. Other currencies count at the catalog's own rate: as
 * much as the dollars that would buy the same credits as a top-up; those that it has no rate for don't count.
 * @param orders paid orders; others, and older ones, are passed over
 */
export function eligibilityOf(orders: readonly Order[], { topUp }: Pick<Catalog, 'topUp'>, now: IsoTime): Eligibility {
  const months = Array.from({ length: MONTHS_LOOKED_AT }, (_, index) => {
    const month = monthBefore(now, MONTHS_LOOKED_AT - 1 - index);
    const bought = orders.filter(({ paidAt }) => paidAt?.startsWith(month));
    return { month, purchasedUsdMinor: bought.reduce((sum, order) => sum + usdMinorOf(order, topUp), 0) };
  });
  const isEnough = ({ purchasedUsdMinor }: MonthOfPurchases) => purchasedUsdMinor >= MONTHLY_MINIMUM_USD_MINOR;
  const isEligible = [months.slice(0, MONTHS_IN_A_ROW), months.slice(1)].some((row) => row.every(isEnough));
  return { isEligible, months };
}

/** The calendar month so many before the one of a moment. */
function monthBefore(now: IsoTime, count: number): string {
  const present = new Date(now);
  return new Date(Date.UTC(present.getUTCFullYear(), present.getUTCMonth() - count, 1)).toISOString().slice(0, 7);
}

/** What a purchase counts for, in US cents, rounded down. */
function usdMinorOf(order: Order, { creditsPerMajorUnit }: Catalog['topUp']): number {
  const rate = order.currency === 'usd' ? 1 : creditsPerMajorUnit[order.currency];
  const usdRate = order.currency === 'usd' ? 1 : creditsPerMajorUnit.usd;
  if (rate === undefined || usdRate === undefined) return 0;
  return Number((BigInt(keptMinorOf(order)) * BigInt(rate)) / BigInt(usdRate));
}

/** The price less the share of the money that went back. */
function keptMinorOf(order: Order): number {
  const price = amountMinorOf(order);
  const paid = totalMinorOf(order);
  const { refundedAmountMinor = 0, disputedAmountMinor = 0 } = order.reversal ?? {};
  const kept = Math.max(0, paid - refundedAmountMinor - disputedAmountMinor);
  return paid === 0 ? 0 : Number((BigInt(price) * BigInt(kept)) / BigInt(paid));
}
