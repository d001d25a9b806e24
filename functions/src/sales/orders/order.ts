import type { IsoTime } from '@cloud-bridge/base';
import type { LotChange } from '@cloud-bridge/ledger';
import type { Currency } from '../../catalog/currency.ts';
import type { OrderDiscount } from '../coupons/orderDiscount.ts';
import type { OrderProvider } from '../payments/orderProvider.ts';
import type { CheckoutState, OrderInvoice, OrderReceipt, PaymentError } from '../payments/payment.ts';
import type { UsdcChainName } from '../payments/usdcChains.ts';

export const ORDER_STATUSES = [
  'pending',
  'paid',
  'failed',
  'expired',
  'canceled',
  'refunded',
  'partially_refunded',
  'disputed',
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** How orders end that nobody pays; all others hold the use of their coupon. */
export const UNPAID_ENDS: readonly OrderStatus[] = ['failed', 'expired', 'canceled'];

/** What is bought: a pack, credits for an amount of one's own choice, a plan's period, or what an invoice lists. */
export const ORDER_KINDS = ['pack', 'topup', 'plan', 'invoice'] as const;
type OrderKind = (typeof ORDER_KINDS)[number];

/**
 * How it is paid: on the provider's page, with a saved card at once, the same without anybody asking, by invoice, or by
 * a deposit, which is there before its order.
 */
export const ORDER_METHODS = ['checkout', 'direct', 'automatic', 'invoice', 'deposit'] as const;
type OrderMethod = (typeof ORDER_METHODS)[number];

/** True for an id that orders here may have; other systems on the same provider's account have ids of their own. */
export function isOrderId(text: string | undefined): text is string {
  return text !== undefined && /^ord_[0-9a-f]{32}$/.test(text);
}

/** One payment: what is bought for how much, and what became of it. */
export interface Order {
  readonly id: string;
  readonly accountId: string;
  readonly walletId: string;
  readonly provider: OrderProvider;
  readonly kind: OrderKind;
  readonly method: OrderMethod;
  /** The catalog's key of the pack or slug of the plan; null for what isn't in the catalog. */
  readonly productKey: string | null;
  /** What it is called on the provider's page, in the ledger and in the history. */
  readonly productName: string;
  /** The provider's customer that pays; null while there is none. */
  readonly customerId: string | null;
  readonly credits: number;
  /** The list price; see {@link amountMinorOf} for what is paid. */
  readonly unitAmountMinor: number;
  readonly currency: Currency;
  readonly status: OrderStatus;
  /** Where the provider's page sends the customer; null for what isn't paid on a page. */
  readonly successUrl: string | null;
  readonly cancelUrl: string | null;
  /** The provider's checkout, once it exists. */
  readonly checkout: { readonly sessionId: string; readonly url: string; readonly expiresAt: IsoTime } | null;
  /** How a saved method is charged; only where there is no page. */
  readonly direct?: {
    readonly paymentMethodId: string;
    /** The provider's payment, once it is known to exist. */
    readonly intentId: string | null;
  };
  /** The provider's payment, once it is paid: also the id of the ledger entry that credits it. */
  readonly paymentId: string | null;
  /** The ledger entry that credited it. */
  readonly entryId: string | null;
  /** The wallet's available credits right after that entry. */
  readonly balanceAfterCredits: number | null;
  /** The latest attempt that failed; the customer may try again while the order is pending. */
  readonly lastPaymentError: PaymentError | null;
  readonly createdAt: IsoTime;
  readonly updatedAt: IsoTime;
  readonly paidAt: IsoTime | null;
  readonly requestHash: string;
  /** The provider's product that it is; only where products are kept there. */
  readonly providerProductId?: string;
  /** How many days the customer has to pay it; only for what is paid by invoice. */
  readonly daysUntilDue?: number;
  /** The provider's invoice, once it is known to exist. */
  readonly invoice?: OrderInvoice;
  /** None before it is paid. */
  readonly receipt?: OrderReceipt;
  /** What came in on a chain; only for what is paid by a deposit. */
  readonly deposit?: Deposit;
  /** What a coupon takes off; none where there is no coupon. */
  readonly discount?: OrderDiscount;
  /** Money that went back after it was paid; none where nothing ever did. */
  readonly reversal?: OrderReversal;
  /** When all that leads to its payer was erased with the account: what comes later doesn't put it back. */
  readonly erasedAt?: IsoTime;
}

/** What is to be paid for an order, or was, without the tax that the provider adds. */
export function amountMinorOf({ unitAmountMinor, discount }: Pick<Order, 'unitAmountMinor' | 'discount'>): number {
  return unitAmountMinor - (discount?.amountMinor ?? 0);
}

/** What was paid in all, or is to be as far as anybody knows before. */
export function totalMinorOf(order: Pick<Order, 'unitAmountMinor' | 'discount' | 'receipt'>): number {
  return order.receipt?.paidAmountMinor ?? amountMinorOf(order);
}

/**
 * A paid order with its receipt noted; the same order when that says nothing new. A page that is known stays, even when
 * the provider doesn't tell of it this time.
 */
export function withReceipt(order: Order, told: OrderReceipt | null): Order {
  if (order.paymentId === null || told === null) return order;
  const receipt = order.erasedAt ? { ...told, invoiceUrl: null, receiptUrl: null } : told;
  const known = order.receipt;
  const next: OrderReceipt = {
    ...receipt,
    invoiceUrl: receipt.invoiceUrl ?? known?.invoiceUrl ?? null,
    receiptUrl: receipt.receiptUrl ?? known?.receiptUrl ?? null,
  };
  const isKnown =
    known?.invoiceUrl === next.invoiceUrl &&
    known.receiptUrl === next.receiptUrl &&
    known.paidAmountMinor === next.paidAmountMinor &&
    known.taxAmountMinor === next.taxAmountMinor;
  return isKnown ? order : { ...order, receipt: next };
}

/**
 * The order as a checkout's present state makes it; the same order when that changes nothing. What has been paid stays
 * paid, whatever arrives late; and money that did arrive counts even after the order had failed or expired.
 */
export function orderAfter(order: Order, state: CheckoutState, now: IsoTime): Order {
  if (order.paymentId !== null) return order;
  // A payment that has come to an end stays so: what says otherwise was fetched before.
  if (order.status !== 'pending' && state.status !== 'paid') return order;
  const next = { ...order, ...changesFor(state, now) };
  const unchanged =
    next.status === order.status &&
    next.lastPaymentError?.message === order.lastPaymentError?.message &&
    next.paymentId === null;
  return unchanged ? order : { ...next, updatedAt: now };
}

function changesFor(state: CheckoutState, now: IsoTime): Partial<Order> {
  switch (state.status) {
    case 'paid':
      return { status: 'paid', paymentId: state.paymentId, paidAt: now, lastPaymentError: null };
    case 'failed':
    case 'expired':
    case 'canceled':
      return { status: state.status, lastPaymentError: state.lastPaymentError };
    default:
      return { status: 'pending', lastPaymentError: state.lastPaymentError };
  }
}

/** What an order remembers of money that went back, and of the credits that were revoked for it. */
export interface OrderReversal {
  readonly refundedAmountMinor: number;
  readonly disputedAmountMinor: number;
  /** Revoked less reinstated. */
  readonly revokedCredits: number;
  /** What the revocations took from which lots and hasn't been given back; the rest of them was debt. */
  readonly takenLots: readonly LotChange[];
  /**
   * How often the provider's truth has been applied. Every look counts, so that one that asked the provider earlier
   * and comes later finds the order changed, and asks again; and it numbers the ledger entries.
   */
  readonly version: number;
}

export const NO_REVERSAL: OrderReversal = {
  refundedAmountMinor: 0,
  disputedAmountMinor: 0,
  revokedCredits: 0,
  takenLots: [],
  version: 0,
};

/** USDC that came to an account's address. */
export interface Deposit {
  readonly chain: UsdcChainName;
  /** In lower case. */
  readonly txHash: string;
  /**
   * Its place among what the transaction logged. Unlike a log's number in its block it stays the same when the chain is
   * reorganised and the transaction ends up in another block.
   */
  readonly logIndex: number;
  /** Where it went, in lower case. */
  readonly address: string;
  /** In millionths of a dollar, USDC's smallest unit. */
  readonly amountMicros: number;
}
