import type { IsoTime } from '@cloud-bridge/base';
import type { Currency } from '../../catalog/currency.ts';
import type { Order } from '../orders/order.ts';

/** The product that an automatic top-up buys: a pack of the catalog, or credits for an amount. */
type AutoTopUpProduct =
  | { readonly type: 'pack'; readonly key: string }
  | { readonly type: 'amount'; readonly unitAmountMinor: number };

/** The automatic top-up of an account: its rule, its spending, and the order in flight. */
export interface AutoTopUp {
  readonly accountId: string;
  readonly enabled: boolean;
  /** An order is placed when the main wallet has fewer available credits than this. */
  readonly thresholdCredits: number;
  readonly product: AutoTopUpProduct;
  readonly currency: Currency;
  /** Most that may be spent in a calendar month (UTC), in the currency's smallest unit. */
  readonly monthlyCapMinor: number;
  /** Amount spent in one month and currency, in the currency's smallest unit; includes the order in flight. */
  readonly spent: { readonly month: string; readonly currency: Currency; readonly amountMinor: number };
  /** The order that isn't settled yet; null if there is none. There is at most one at a time. */
  readonly inFlight: { readonly orderId: string; readonly unitAmountMinor: number; readonly month: string } | null;
  /** Why automatic top-up has paused; null while it hasn't. Only the owner ends a pause, by switching it on again. */
  readonly pause: AutoTopUpPause | null;
  /** Number of orders placed so far. */
  readonly orderCount: number;
  /** When the owner last switched it on. */
  readonly switchedOnAt: IsoTime;
  /** When a balance change or the owner last asked for a check. A change of this field starts the trigger. */
  readonly askedAt: IsoTime;
  /** True while the sweep has to check this account. */
  readonly isWatched: boolean;
  readonly updatedAt: IsoTime;
}

/** The reason for a pause. */
export interface AutoTopUpPause {
  readonly at: IsoTime;
  readonly code: string;
  readonly message: string;
  readonly orderId: string | null;
}

/** The part of an automatic top-up that its owner chooses. */
export type AutoTopUpRule = Pick<AutoTopUp, 'thresholdCredits' | 'product' | 'currency' | 'monthlyCapMinor'>;

/** Returns the calendar month of a moment, such as `2026-03`. */
export function monthOf(time: IsoTime): string {
  return time.slice(0, 7);
}

/** Returns the amount that counts against the cap in a month, in minor units; 0 after a change of currency. */
export function spentInMonth({ spent, currency }: AutoTopUp, month: string): number {
  return spent.month === month && spent.currency === currency ? spent.amountMinor : 0;
}

/** Returns automatic top-up switched on with a rule. Ends a pause; keeps the order in flight and the spending. */
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

/** Returns automatic top-up switched off. An order in flight is still brought to its end. */
export function switchedOff(before: AutoTopUp, now: IsoTime): AutoTopUp {
  return watched({ ...before, enabled: false, updatedAt: now });
}

/** Returns automatic top-up paused for a reason. */
export function paused(before: AutoTopUp, pause: AutoTopUpPause): AutoTopUp {
  return watched({ ...before, pause, updatedAt: pause.at });
}

/** True when an order is due by rule and balance. The monthly cap is checked later, with the price. */
export function isDue(autoTopUp: AutoTopUp, availableCredits: number): boolean {
  const { enabled, pause, inFlight, thresholdCredits } = autoTopUp;
  return enabled && pause === null && inFlight === null && availableCredits < thresholdCredits;
}

/** True when a price still fits under the cap of the current month. */
export function fitsCap(autoTopUp: AutoTopUp, unitAmountMinor: number, now: IsoTime): boolean {
  return spentInMonth(autoTopUp, monthOf(now)) + unitAmountMinor <= autoTopUp.monthlyCapMinor;
}

/** Returns automatic top-up with an order in flight, whose price counts against the cap from now on. */
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
 * Returns automatic top-up after its order has ended. A paid order frees the place for the next one; an unpaid order
 * pauses automatic top-up and no longer counts against the cap. Returns the same object while the order is pending, or
 * when another order is in flight.
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
