import type { IsoTime } from '@cloud-bridge/base';
import type { LotChange } from '@cloud-bridge/ledger';
import type { ProviderName } from '../../access/accounts/providerName.ts';
import type { Currency } from '../../catalog/currency.ts';
import type { OrderDiscount } from '../coupons/orderDiscount.ts';
import type { DEPOSIT_PROVIDER } from '../payments/orderProvider.ts';
import type { OrderInvoice, OrderReceipt, PaymentError } from '../payments/payment.ts';
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

/**
 * How it is paid: on the provider's page, with a saved card at once, the same without anybody asking, by invoice, or by
 * a deposit, which is there before its order.
 */
export const ORDER_METHODS = ['checkout', 'direct', 'automatic', 'invoice', 'deposit'] as const;

/** True for an id that orders here may have; other systems on the same provider's account have ids of their own. */
export function isOrderId(text: string | undefined): text is string {
  return text !== undefined && /^ord_[0-9a-f]{32}$/.test(text);
}

/** A pack of the catalog, by its key. */
export interface PackProduct {
  readonly kind: 'pack';
  readonly productKey: string;
}

/** Credits for an amount of one's own choice, which aren't in the catalog. */
export interface TopUpProduct {
  readonly kind: 'topup';
  readonly productKey: null;
}

/** A period of a plan of the catalog, by the plan's slug. */
export interface PlanProduct {
  readonly kind: 'plan';
  readonly productKey: string;
}

/** What an invoice lists: a pack by its key, or credits for an amount. */
export interface InvoicedProduct {
  readonly kind: 'invoice';
  readonly productKey: string | null;
}

/**
 * Where the provider's page sends the customer. Nowhere any more once the page was used by somebody whose order had to
 * be made again after a restore, or once the account was erased.
 */
export type PageTargets =
  | { readonly successUrl: string; readonly cancelUrl: string }
  | { readonly successUrl: null; readonly cancelUrl: null };

/** A page of a provider's on which an order is paid. */
export interface OrderCheckout {
  readonly sessionId: string;
  readonly url: string;
  readonly expiresAt: IsoTime;
}

/** Paid on a page of the provider's. */
type OnPage = PageTargets & {
  readonly method: 'checkout';
  readonly provider: ProviderName;
  /** The provider's product that it is; only where products are kept there. */
  readonly providerProductId?: string;
  /** Null until the page was opened. */
  readonly checkout: OrderCheckout | null;
};

/** What is stored of an order without a page. */
interface WithoutPage {
  readonly successUrl: null;
  readonly cancelUrl: null;
  readonly checkout: null;
}

/** How a saved method is charged. */
export interface CardCharge {
  readonly paymentMethodId: string;
  /** The provider's payment, once it is known to exist. */
  readonly intentId: string | null;
}

/** Paid with a saved card, which is charged for this order alone. */
interface ByCard extends WithoutPage {
  readonly method: 'direct' | 'automatic';
  readonly provider: ProviderName;
  readonly direct: CardCharge;
}

/** Paid with whatever the provider charges for a subscription: the first period at once, later ones automatically. */
interface BySubscription extends WithoutPage {
  readonly method: 'direct' | 'automatic';
  readonly provider: ProviderName;
}

/** Paid by an invoice that the provider sends. */
interface ByInvoice extends WithoutPage {
  readonly method: 'invoice';
  readonly provider: ProviderName;
  /** How many days the customer has to pay it. */
  readonly daysUntilDue: number;
  /** The provider's invoice, once it is known to exist. */
  readonly invoice?: OrderInvoice;
}

/** Paid by what came in on a chain. */
interface ByDeposit extends WithoutPage {
  readonly method: 'deposit';
  readonly provider: typeof DEPOSIT_PROVIDER;
  readonly deposit: Deposit;
}

/** Not paid yet, or never. */
interface Unpaid {
  readonly status: 'pending' | 'failed' | 'expired' | 'canceled';
  readonly paymentId: null;
  readonly paidAt: null;
  readonly entryId: null;
  readonly balanceAfterCredits: null;
  readonly receipt?: never;
  readonly reversal?: never;
}

/** Paid, whatever went back later. */
interface Paid {
  readonly status: 'paid' | 'refunded' | 'partially_refunded' | 'disputed';
  /** The provider's payment: also the id of the ledger entry that credits it. */
  readonly paymentId: string;
  readonly paidAt: IsoTime;
  /** The ledger entry that credited it; null for a payment that brings no credits. */
  readonly entryId: string | null;
  /** The wallet's available credits right after that entry. */
  readonly balanceAfterCredits: number | null;
  readonly receipt?: OrderReceipt;
  /** Money that went back; none where nothing ever did. */
  readonly reversal?: OrderReversal;
}

/** What is known of an order that was credited. */
export interface Credited {
  readonly entryId: string;
  readonly balanceAfterCredits: number;
}

/** What is sold for how much. */
export interface Sale {
  /** What the product is called on the provider's page, in the ledger and in the history. */
  readonly productName: string;
  readonly credits: number;
  /** The list price; see {@link amountMinorOf} for what is paid. */
  readonly unitAmountMinor: number;
  readonly currency: Currency;
}

/** What every order has. */
interface AnyOrder extends Sale {
  readonly id: string;
  readonly accountId: string;
  readonly walletId: string;
  /** The provider's customer that pays; null while there is none. */
  readonly customerId: string | null;
  /** The latest attempt that failed; the customer may try again while the order is pending. */
  readonly lastPaymentError: PaymentError | null;
  readonly createdAt: IsoTime;
  readonly updatedAt: IsoTime;
  readonly requestHash: string;
  /** What a coupon takes off; none where there is no coupon. */
  readonly discount?: OrderDiscount;
  /** When all that leads to its payer was erased with the account: what comes later doesn't put it back. */
  readonly erasedAt?: IsoTime;
}

export type PageOrder = AnyOrder & (PackProduct | TopUpProduct | PlanProduct) & OnPage & (Unpaid | Paid);
export type CardOrder = AnyOrder & (PackProduct | TopUpProduct) & ByCard & (Unpaid | Paid);
export type InvoiceOrder = AnyOrder & InvoicedProduct & ByInvoice & (Unpaid | Paid);
/** A deposit is there before its order, which is paid and credited from the start. */
export type DepositOrder = AnyOrder & TopUpProduct & ByDeposit & Paid & Credited;

/** An order that a payment provider takes the money for. */
export type ProviderOrder =
  | PageOrder
  | CardOrder
  | InvoiceOrder
  | (AnyOrder & PlanProduct & BySubscription & (Unpaid | Paid));

/** One payment: what is bought for how much, and what became of it. Fields that don't go with its method are null. */
export type Order = ProviderOrder | DepositOrder;

/** The order of a plan's period. */
export type PlanOrder = Extract<Order, PlanProduct>;
export type UnpaidOrder = Extract<Order, Unpaid>;
export type PaidOrder = Extract<Order, Paid>;

export function isPageOrder(order: Order): order is PageOrder {
  return order.method === 'checkout';
}

/** True for an order that charges a saved card by itself; the card of a subscription is charged by the provider. */
export function isCardOrder(order: Order): order is CardOrder {
  return order.kind !== 'plan' && (order.method === 'direct' || order.method === 'automatic');
}

export function isPlanOrder(order: Order): order is PlanOrder {
  return order.kind === 'plan';
}

export function isInvoiceOrder(order: Order): order is InvoiceOrder {
  return order.method === 'invoice';
}

/** What is to be paid for an order, or was, without the tax that the provider adds. */
export function amountMinorOf({ unitAmountMinor, discount }: Pick<Order, 'unitAmountMinor' | 'discount'>): number {
  return unitAmountMinor - (discount?.amountMinor ?? 0);
}

/** What was paid in all, or is to be as far as anybody knows before. */
export function totalMinorOf(order: Pick<Order, 'unitAmountMinor' | 'discount' | 'receipt'>): number {
  return order.receipt?.paidAmountMinor ?? amountMinorOf(order);
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
