import type { IsoTime } from '@cloud-bridge/base';
import type { LotChange } from '@cloud-bridge/ledger';
import type { ProviderName } from '../../access/accounts/providerName.ts';
import type { Currency } from '../../catalog/currency.ts';
import type { OrderDiscount } from '../coupons/orderDiscount.ts';
import type { DEPOSIT_PROVIDER } from '../payments/orderProvider.ts';
import type { OrderInvoice, OrderReceipt, PaymentError } from '../payments/payment.ts';
import type { UsdcChainName } from '../payments/usdcChains.ts';

/** Statuses of an order. `expired` and `canceled` orders were never paid; `disputed` means an open or lost dispute. */
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

/** Final statuses of unpaid orders. Orders of all other statuses hold the use of their coupon. */
export const UNPAID_ENDS: readonly OrderStatus[] = ['failed', 'expired', 'canceled'];

/**
 * Kinds of orders: a pack, credits for an amount of the customer's choice, a period of a plan, or the items of an
 * invoice.
 */
export const ORDER_KINDS = ['pack', 'topup', 'plan', 'invoice'] as const;

/**
 * Ways to pay an order: on the provider's page (`checkout`), with a saved card at the owner's request (`direct`) or
 * without one (`automatic`), by invoice, or by a deposit of USDC, which arrives before its order exists.
 */
export const ORDER_METHODS = ['checkout', 'direct', 'automatic', 'invoice', 'deposit'] as const;

/** True for ids of this system's orders; other systems on the same provider account use other ids. */
export function isOrderId(text: string | undefined): text is string {
  return text !== undefined && /^ord_[0-9a-f]{32}$/.test(text);
}

/** Product fields of an order for a pack of the catalog; `productKey` is the pack's key. */
export interface PackProduct {
  readonly kind: 'pack';
  readonly productKey: string;
}

/** Product fields of an order for an amount of the customer's choice, which the catalog doesn't list. */
export interface TopUpProduct {
  readonly kind: 'topup';
  readonly productKey: null;
}

/** Product fields of an order for a period of a plan; `productKey` is the plan's slug. */
export interface PlanProduct {
  readonly kind: 'plan';
  readonly productKey: string;
}

/**
 * Product fields of an order by invoice; `productKey` is a pack's key, or null for an amount of the customer's choice.
 */
export interface InvoicedProduct {
  readonly kind: 'invoice';
  readonly productKey: string | null;
}

/**
 * Addresses to which the provider's page sends the customer. Both are null for an order that was rebuilt after a
 * database restore and for an order of an erased account.
 */
export type PageTargets =
  | { readonly successUrl: string; readonly cancelUrl: string }
  | { readonly successUrl: null; readonly cancelUrl: null };

/** The provider's page on which an order is paid. */
export interface OrderCheckout {
  readonly sessionId: string;
  readonly url: string;
  readonly expiresAt: IsoTime;
}

/** Fields of an order that is paid on the provider's page. */
type OnPage = PageTargets & {
  readonly method: 'checkout';
  readonly provider: ProviderName;
  /** The provider's id of the product; only where the provider keeps products of its own. */
  readonly providerProductId?: string;
  /** Null until the page is opened. */
  readonly checkout: OrderCheckout | null;
};

/** The page fields of an order that has no page. */
interface WithoutPage {
  readonly successUrl: null;
  readonly cancelUrl: null;
  readonly checkout: null;
}

/** The charge of a saved payment method. */
export interface CardCharge {
  readonly paymentMethodId: string;
  /** The provider's payment; null until the payment is known to exist. */
  readonly intentId: string | null;
}

/** Fields of an order that charges a saved card by itself, independent of a subscription. */
interface ByCard extends WithoutPage {
  readonly method: 'direct' | 'automatic';
  readonly provider: ProviderName;
  readonly direct: CardCharge;
}

/**
 * Fields of an order that the provider charges with a subscription: the first period directly, later periods
 * automatically.
 */
interface BySubscription extends WithoutPage {
  readonly method: 'direct' | 'automatic';
  readonly provider: ProviderName;
}

/** Fields of an order that is paid by the provider's invoice. */
interface ByInvoice extends WithoutPage {
  readonly method: 'invoice';
  readonly provider: ProviderName;
  /** Days that the customer has to pay the invoice. */
  readonly daysUntilDue: number;
  /** The provider's invoice; absent until the invoice is known to exist. */
  readonly invoice?: OrderInvoice;
}

/** Fields of an order that a deposit of USDC on a chain has paid. */
interface ByDeposit extends WithoutPage {
  readonly method: 'deposit';
  readonly provider: typeof DEPOSIT_PROVIDER;
  readonly deposit: Deposit;
}

/** Payment fields of an order that isn't paid yet, or ended unpaid. */
interface Unpaid {
  readonly status: 'pending' | 'failed' | 'expired' | 'canceled';
  readonly paymentId: null;
  readonly paidAt: null;
  readonly entryId: null;
  readonly balanceAfterCredits: null;
  readonly receipt?: never;
  readonly reversal?: never;
}

/** Payment fields of a paid order, even if its money was refunded or disputed later. */
interface Paid {
  readonly status: 'paid' | 'refunded' | 'partially_refunded' | 'disputed';
  /** The provider's payment; also part of the id of the ledger entry that credits it. */
  readonly paymentId: string;
  readonly paidAt: IsoTime;
  /** The ledger entry that added the credits; null for a payment that brings no credits. */
  readonly entryId: string | null;
  /** The wallet's available credits right after that entry. */
  readonly balanceAfterCredits: number | null;
  readonly receipt?: OrderReceipt;
  /** Money that went back; absent if none ever did. */
  readonly reversal?: OrderReversal;
}

/** The ledger fields of a credited order. */
export interface Credited {
  readonly entryId: string;
  readonly balanceAfterCredits: number;
}

/** The name, credits and price of a sale. */
export interface Sale {
  /** Name of the product on the provider's page, in the ledger and in the history. */
  readonly productName: string;
  readonly credits: number;
  /** The list price, in the currency's smallest unit; {@link amountMinorOf} returns the amount to pay. */
  readonly unitAmountMinor: number;
  readonly currency: Currency;
}

/** Fields that all orders have. */
interface AnyOrder extends Sale {
  readonly id: string;
  readonly accountId: string;
  readonly walletId: string;
  /** The provider's customer that pays; null until there is one. */
  readonly customerId: string | null;
  /** The latest failed attempt to pay; the customer may try again while the order is pending. */
  readonly lastPaymentError: PaymentError | null;
  readonly createdAt: IsoTime;
  readonly updatedAt: IsoTime;
  readonly requestHash: string;
  /** The discount of a coupon; absent without a coupon. */
  readonly discount?: OrderDiscount;
  /** When the links to the payer were erased with the account; later provider answers don't restore them. */
  readonly erasedAt?: IsoTime;
}

export type PageOrder = AnyOrder & (PackProduct | TopUpProduct | PlanProduct) & OnPage & (Unpaid | Paid);
export type CardOrder = AnyOrder & (PackProduct | TopUpProduct) & ByCard & (Unpaid | Paid);
export type InvoiceOrder = AnyOrder & InvoicedProduct & ByInvoice & (Unpaid | Paid);
/** The order of a deposit. The deposit arrives first, so the order is paid and credited from the start. */
export type DepositOrder = AnyOrder & TopUpProduct & ByDeposit & Paid & Credited;

/** An order whose money a payment provider takes, in contrast to a deposit on a chain. */
export type ProviderOrder =
  | PageOrder
  | CardOrder
  | InvoiceOrder
  | (AnyOrder & PlanProduct & BySubscription & (Unpaid | Paid));

/**
 * One purchase: its product, price, payment method and outcome. Fields that don't go with the payment method are null.
 */
export type Order = ProviderOrder | DepositOrder;

/** The order of a plan's period. */
export type PlanOrder = Extract<Order, PlanProduct>;
export type UnpaidOrder = Extract<Order, Unpaid>;
export type PaidOrder = Extract<Order, Paid>;

/** True for an order that is paid on the provider's page. */
export function isPageOrder(order: Order): order is PageOrder {
  return order.method === 'checkout';
}

/** True for an order that charges a saved card by itself. The provider charges the card of a subscription. */
export function isCardOrder(order: Order): order is CardOrder {
  return order.kind !== 'plan' && (order.method === 'direct' || order.method === 'automatic');
}

/** True for the order of a plan's period. */
export function isPlanOrder(order: Order): order is PlanOrder {
  return order.kind === 'plan';
}

/** True for an order that is paid by invoice. */
export function isInvoiceOrder(order: Order): order is InvoiceOrder {
  return order.method === 'invoice';
}

/** Returns the amount to pay: the list price less the discount, without the tax that the provider adds. */
export function amountMinorOf({ unitAmountMinor, discount }: Pick<Order, 'unitAmountMinor' | 'discount'>): number {
  return unitAmountMinor - (discount?.amountMinor ?? 0);
}

/** Returns the total that was paid, with tax; before payment, the amount without tax. */
export function totalMinorOf(order: Pick<Order, 'unitAmountMinor' | 'discount' | 'receipt'>): number {
  return order.receipt?.paidAmountMinor ?? amountMinorOf(order);
}

/** Money of an order that went back, and the credits that were revoked for it. */
export interface OrderReversal {
  readonly refundedAmountMinor: number;
  readonly disputedAmountMinor: number;
  /** Revoked credits less reinstated credits. */
  readonly revokedCredits: number;
  /**
   * Credits that revocations took from each lot and that haven't been given back. The rest of the revoked credits was
   * debt.
   */
  readonly takenLots: readonly LotChange[];
  /**
   * Number of times that the provider's answer was applied. Each answer counts, even without news: a run with an older
   * answer then finds the order changed, and asks again. The version also numbers the ledger entries.
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

/** A transfer of USDC to an account's address. */
export interface Deposit {
  readonly chain: UsdcChainName;
  /** In lower case. */
  readonly txHash: string;
  /**
   * Position among the logs of the transaction. In contrast to a log's number within its block, this position stays the
   * same when a reorganization of the chain moves the transaction to another block.
   */
  readonly logIndex: number;
  /** Receiving address, in lower case. */
  readonly address: string;
  /** Amount in millionths of a dollar, USDC's smallest unit. */
  readonly amountMicros: number;
}
