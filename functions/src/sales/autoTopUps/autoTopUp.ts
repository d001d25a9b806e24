import type { IsoTime } from '@cloud-bridge/base';
import type { Currency } from '../../catalog/currency.ts';
import type { Order } from '../orders/order.ts';

/** What is bought when the balance is low: a pack of the catalog, or credits for an amount. */
type AutoTopUpProduct =
  | { readonly type: 'pack'; readonly key: string }
  | { readonly type: 'amount'; readonly unitAmountMinor: number };

/** What an account wants to happen by itself, and what is going on. */
export interface AutoTopUp {
  readonly accountId: string;
  readonly enabled: boolean;
  /** Below so many available credits of the main wallet something is bought. */
  readonly thresholdCredits: number;
  readonly product: AutoTopUpProduct;
  readonly currency: Currency;
  /** At most so much is spent in a calendar month (UTC). */
  readonly monthlyCapMinor: number;
  /** Spent in one month in one currency, with what is in flight. */
  readonly spent: { readonly month: string; readonly currency: Currency; readonly amountMinor: number };
  /** The one order under way. */
  readonly inFlight: { readonly orderId: string; readonly unitAmountMinor: number; readonly month: string } | null;
  /** Why nothing is bought any more, until the owner switches it on again. */
  readonly pause: AutoTopUpPause | null;
  /** Orders made so far; numbers them, so that a repetition never makes another. */
  readonly orderCount: number;
  /** When the owner switched it on, last. */
  readonly switchedOnAt: IsoTime;
  /** When somebody last saw that there may be something to do; the trigger waits for this field. */
  readonly askedAt: IsoTime;
  /** True while the sweep has to look at it. */
  readonly isWatched: boolean;
  readonly updatedAt: IsoTime;
}

export interface AutoTopUpPause {
  readonly at: IsoTime;
  readonly code: string;
  readonly message: string;
  readonly orderId: string | null;
}

/** What an account may choose. */
export type AutoTopUpRule = Pick<AutoTopUp, 'thresholdCredits' | 'product' | 'currency' | 'monthlyCapMinor'>;

/** The calendar month of a moment, such as `2026-03`. */
export function monthOf(time: IsoTime): string {
  return time.slice(0, 7);
}

/** What counts against the cap in a month. Another currency starts anew. */
export function spentInMonth({ spent, currency }: AutoTopUp, month: string): number {
  return spent.month === month && spent.currency === currency ? spent.amountMinor : 0;
}

/** Switched on with a rule, which also ends a pause; what is in flight and what was spent stay. */
export function switchedOn(before: AutoTopUp | null, accountId: string, rule: AutoTopUpRule, now: IsoTime): AutoTopUp {
  const begun = {
    inFlight: null,
    orderCount: 0,
    spent: { month: monthOf(now), currency: rule.currency, amountMinor: 0 },
  };
  return watched({
    ...begun,
    ...before,
    ...rule,
    accountId,
    enabled: true,
    pause: null,
    switchedOnAt: now,
    askedAt: now,
    updatedAt: now,
  });
}

/** Switched off; an order that is under way is still brought to its end. */
export function switchedOff(before: AutoTopUp, now: IsoTime): AutoTopUp {
  return watched({ ...before, enabled: false, updatedAt: now });
}

export function paused(before: AutoTopUp, pause: AutoTopUpPause): AutoTopUp {
  return watched({ ...before, pause, updatedAt: pause.at });
}

/** True when something should be bought, as far as rule and balance say. The cap is looked at with the price. */
export function isDue(autoTopUp: AutoTopUp, availableCredits: number): boolean {
  const { enabled, pause, inFlight, thresholdCredits } = autoTopUp;
  return enabled && pause === null && inFlight === null && availableCredits < thresholdCredits;
}

/** True when a price still fits under the cap of the month. */
export function fitsCap(autoTopUp: AutoTopUp, unitAmountMinor: number, now: IsoTime): boolean {
  return spentInMonth(autoTopUp, monthOf(now)) + unitAmountMinor <= autoTopUp.monthlyCapMinor;
}

/** With an order under way, whose price counts against the cap from now on. */
export function begun(before: AutoTopUp, order: Pick<Order, 'id' | 'unitAmountMinor'>, now: IsoTime): AutoTopUp {
  const { id: orderId, unitAmountMinor } = order;
  const month = monthOf(now);
  return watched({
    ...before,
    inFlight: { orderId, unitAmountMinor, month },
    orderCount: before.orderCount + 1,
    spent: { month, currency: before.currency, amountMinor: spentInMonth(before, month) + unitAmountMinor },
    updatedAt: now,
  });
}

/**
 * After its order has come to an end: free for the next when it was paid; paused, and the price given back to the cap,
 * when it wasn't. The same object while the order is pending, or when another order is in flight by now.
 */
export function settled(before: AutoTopUp, order: Order, now: IsoTime): AutoTopUp {
  const { inFlight, spent } = before;
  if (inFlight?.orderId !== order.id || order.status === 'pending') return before;
  const free = watched({ ...before, inFlight: null, updatedAt: now });
  if (order.paymentId !== null) return free;
  const counted = spent.month === inFlight.month && spent.currency === order.currency ? inFlight.unitAmountMinor : 0;
  const { code, message } = order.lastPaymentError ?? { code: order.status, message: 'The payment was not made.' };
  return paused(
    { ...free, spent: { ...spent, amountMinor: Math.max(0, spent.amountMinor - counted) } },
    { at: now, code, message, orderId: order.id },
  );
}

function watched(autoTopUp: Omit<AutoTopUp, 'isWatched'>): AutoTopUp {
  const { enabled, pause, inFlight } = autoTopUp;
  return { ...autoTopUp, isWatched: (enabled && pause === null) || inFlight !== null };
}
