// The objects of Creem's API. Amounts are in the smallest unit of the currency.

/** Fields that every object has. */
interface Base {
  readonly id: string;
  readonly mode: 'test';
  readonly object: string;
}

/** A pack or plan that the shop sells. */
export interface Product extends Base {
  name: string;
  description: string;
  price: number;
  currency: string;
  billing_type: 'onetime' | 'recurring';
  billing_period: 'once' | 'every-month' | 'every-year';
  status: 'active' | 'archived';
  tax_mode: 'exclusive' | 'inclusive';
  tax_category: 'saas';
  created_at: string;
  updated_at: string;
}

export interface Customer extends Base {
  email: string;
  name: string | null;
  country: string | null;
  created_at: string;
  updated_at: string;
}

export interface Order extends Base {
  customer: string;
  product: string;
  transaction: string | null;
  discount: string | null;
  amount: number;
  sub_total: number;
  tax_amount: number;
  discount_amount: number;
  amount_due: number;
  amount_paid: number;
  currency: string;
  status: 'pending' | 'paid';
  type: 'onetime' | 'recurring';
  created_at: string;
  updated_at: string;
}

export interface Transaction extends Base {
  amount: number;
  amount_paid: number;
  discount_amount: number;
  currency: string;
  type: 'payment' | 'invoice';
  tax_country: string | null;
  tax_amount: number;
  status: 'paid' | 'refunded' | 'partialRefund' | 'chargedBack' | 'declined';
  refunded_amount: number | null;
  order: string | null;
  subscription: string | null;
  customer: string;
  description: string;
  /** Unix time in milliseconds, like the other times of a transaction. */
  period_start?: number;
  period_end?: number;
  created_at: number;
}

export type SubscriptionStatus = 'active' | 'scheduled_cancel' | 'past_due' | 'canceled';

export interface Subscription extends Base {
  product: string;
  customer: string;
  collection_method: 'charge_automatically';
  status: SubscriptionStatus;
  last_transaction_id?: string;
  last_transaction_date?: string;
  next_transaction_date?: string;
  current_period_start_date: string;
  current_period_end_date: string;
  canceled_at: string | null;
  created_at: string;
  updated_at: string;
  metadata?: Record<string, unknown>;
}

export interface Checkout extends Base {
  status: 'pending' | 'completed' | 'expired';
  request_id?: string;
  product: string;
  units: number;
  custom_price?: number;
  order?: string;
  subscription?: string;
  customer?: string;
  checkout_url: string;
  success_url: string | null;
  metadata?: Record<string, unknown>;
}

export interface CreemEvent {
  readonly id: string;
  readonly eventType: string;
  /** Unix time in milliseconds. */
  readonly created_at: number;
  readonly object: unknown;
}
