import { BUILT_IN_CATALOGS } from '../../catalog/builtInCatalogs.ts';
import type { OrderDiscount } from '../coupons/orderDiscount.ts';
import { pendingOrder } from '../orders/order.fixtures.ts';
import { NO_REVERSAL, type Order, type OrderReversal, type PaidOrder } from '../orders/order.ts';
import type { OrderReceipt } from '../payments/payment.ts';
import { eligibilityOf, eligibleSince } from './eligibility.ts';

const NOW = '2026-04-15T12:00:00.000Z';
const catalog = BUILT_IN_CATALOGS['cloud-bridge'];

interface Extras {
  readonly currency?: 'gbp';
  readonly discount?: OrderDiscount;
  readonly receipt?: OrderReceipt;
  readonly reversal?: OrderReversal;
}

const bought = (paidAt: string, unitAmountMinor = 100_000, extras: Extras = {}): PaidOrder => ({
  ...pendingOrder,
  status: 'paid',
  paymentId: 'pi_1',
  paidAt,
  unitAmountMinor,
  ...extras,
});
const unpaid: Order = { ...pendingOrder, unitAmountMinor: 100_000 };
const [jan, feb, mar, apr] = ['2026-01-31T23:59:59.999Z', '2026-02-01T00:00:00.000Z', '2026-03-09T00:00:00.000Z', NOW];
const isEligible = (...orders: Order[]) => eligibilityOf(orders, catalog, NOW).isEligible;

it('1,000 dollars in each of three months in a row are enough, with or without the current month', () => {
  expect(isEligible(bought(jan), bought(feb), bought(mar))).toBe(true);
  expect(isEligible(bought(feb), bought(mar), bought(apr))).toBe(true);
  expect(isEligible(bought(feb, 99_999), bought(feb, 1), bought(mar), bought(apr))).toBe(true);
});

it.each([
  ['a month is missing', [bought(jan), bought(mar), bought(apr)]],
  ['a month is a cent short', [bought(jan), bought(feb, 99_999), bought(mar)]],
  ['all was bought in one month', [bought(mar, 900_000)]],
  ['it was long ago', [bought('2025-11-01T00:00:00.000Z'), bought('2025-12-01T00:00:00.000Z'), bought(jan)]],
  ['an order was never paid', [bought(jan), bought(feb), unpaid]],
])('an account is not eligible if %s', (_name, orders) => expect(isEligible(...orders)).toBe(false));

it('refunds and discounts do not count', () => {
  const reversal = { ...NO_REVERSAL, refundedAmountMinor: 1 };
  expect(isEligible(bought(jan, 100_000, { reversal }), bought(feb), bought(mar))).toBe(false);
  const discount = { couponCode: 'X', amountMinor: 1, promotionCodeId: 'p', isCounted: true };
  expect(isEligible(bought(jan, 100_000, { discount }), bought(feb), bought(mar))).toBe(false);
});

it('tax does not count, and a refund of half the total with tax halves the purchase', () => {
  const receipt = { invoiceUrl: null, receiptUrl: null, paidAmountMinor: 120_000, taxAmountMinor: 20_000 };
  const reversal = { ...NO_REVERSAL, refundedAmountMinor: 60_000 };
  const { months } = eligibilityOf([bought(apr, 100_000, { receipt, reversal })], catalog, NOW);
  expect(months.at(-1)).toEqual({ month: '2026-04', purchasedUsdMinor: 50_000 });
});

it('other currencies count at the catalog’s rate, rounded down; currencies without a rate do not count', () => {
  const gbp = bought(apr, 83_333, { currency: 'gbp' });
  expect(eligibilityOf([gbp], catalog, NOW).months.at(-1)?.purchasedUsdMinor).toBe(99_999);
  expect(eligibilityOf([gbp], BUILT_IN_CATALOGS.passthrough, NOW).months.at(-1)?.purchasedUsdMinor).toBe(0);
});

it('months of the previous year count', () => {
  expect(eligibleSince('2026-02-28T00:00:00.000Z')).toBe('2025-11-01T00:00:00.000Z');
  const orders = ['2025-11-30', '2025-12-01', '2026-01-01'].map((day) => bought(`${day}T00:00:00.000Z`));
  expect(eligibilityOf(orders, catalog, '2026-02-28T00:00:00.000Z').isEligible).toBe(true);
});
