import type { IsoTime } from '@cloud-bridge/base';
import type { Catalog } from '../../catalog/catalog.ts';
import { amountMinorOf, type Order, totalMinorOf } from '../orders/order.ts';

/** Minimum purchases in each of three calendar months in a row, in US cents. */
const MONTHLY_MINIMUM_USD_MINOR = 100_000;
const MONTHS_IN_A_ROW = 3;
/** The current month and the three before: the three months in a row may end with the current or the previous month. */
const MONTHS_LOOKED_AT = MONTHS_IN_A_ROW + 1;

/** An account's purchases in a calendar month (UTC), such as `2026-03`. */
interface MonthOfPurchases {
  readonly month: string;
  readonly purchasedUsdMinor: number;
}

/** Whether an account may ask to pay by invoice, and the purchases on which that depends. */
export interface Eligibility {
  readonly isEligible: boolean;
  /** The months that count, oldest first; the last is the current month. */
  readonly months: readonly MonthOfPurchases[];
}

/** Returns the start of the first month that counts for eligibility. */
export function eligibleSince(now: IsoTime): IsoTime {
  return `${monthBefore(now, MONTHS_LOOKED_AT - 1)}-01T00:00:00.000Z`;
}

/**
 * Decides whether an account may ask to pay by invoice: with purchases of 1,000 USD or more in each of three calendar
 * months in a row, up to the current or the previous month. Refunded money and tax don't count. Other currencies count
 * as the dollars that would buy the same credits as a top-up; currencies without a top-up rate don't count.
 * @param orders the account's orders; unpaid and older orders are skipped
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

/** Returns the calendar month that lies `count` months before the month of `now`. */
function monthBefore(now: IsoTime, count: number): string {
  const present = new Date(now);
  return new Date(Date.UTC(present.getUTCFullYear(), present.getUTCMonth() - count, 1)).toISOString().slice(0, 7);
}

/** Returns the value of a purchase in US cents, rounded down. */
function usdMinorOf(order: Order, { creditsPerMajorUnit }: Catalog['topUp']): number {
  const rate = order.currency === 'usd' ? 1 : creditsPerMajorUnit[order.currency];
  const usdRate = order.currency === 'usd' ? 1 : creditsPerMajorUnit.usd;
  if (rate === undefined || usdRate === undefined) return 0;
  return Number((BigInt(keptMinorOf(order)) * BigInt(rate)) / BigInt(usdRate));
}

/** Returns the price, less the share of the money that was refunded. */
function keptMinorOf(order: Order): number {
  const price = amountMinorOf(order);
  const paid = totalMinorOf(order);
  const { refundedAmountMinor = 0, disputedAmountMinor = 0 } = order.reversal ?? {};
  const kept = Math.max(0, paid - refundedAmountMinor - disputedAmountMinor);
  return paid === 0 ? 0 : Number((BigInt(price) * BigInt(kept)) / BigInt(paid));
}
