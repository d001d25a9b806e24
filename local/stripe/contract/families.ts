const OPERATION_FAMILIES = [
  'balance',
  'balance_transactions',
  'billing/credit_[a-z_]+',
  'billing_portal/[a-z]+',
  'charges',
  'checkout/sessions',
  'coupons',
  'credit_notes',
  'customers',
  'disputes',
  'events',
  'invoice_payments',
  'invoiceitems',
  'invoices',
  'payment_intents',
  'payment_links',
  'payment_methods',
  'prices',
  'products',
  'promotion_codes',
  'refunds',
  'setup_attempts',
  'setup_intents',
  'subscription_items',
  'subscriptions',
  'tax',
  'tax_codes',
  'tax_ids',
  'tax_rates',
  'test_helpers/(confirmation_tokens|customers|refunds|test_clocks)',
  'webhook_endpoints',
];

const EVENT_FAMILIES = [
  'billing\\.credit_[a-z_]+',
  'billing_portal',
  'charge',
  'checkout\\.session',
  'coupon',
  'credit_note',
  'customer',
  'invoice',
  'invoice_payment',
  'invoiceitem',
  'mandate',
  'payment_intent',
  'payment_link',
  'payment_method',
  'price',
  'product',
  'promotion_code',
  'radar\\.early_fraud_warning',
  'refund',
  'review',
  'setup_intent',
  'tax',
  'test_helpers\\.test_clock',
];

const operationPattern = new RegExp(`^/v1/(${OPERATION_FAMILIES.join('|')})(/|$)`);
const eventPattern = new RegExp(`^(${EVENT_FAMILIES.join('|')})\\.`);

/** Returns whether a payments backend may need the operation at a path template such as `/v1/refunds/{id}`. */
export function isWantedOperation(path: string): boolean {
  return operationPattern.test(path);
}

/** Returns whether a payments backend may need events of a type such as `charge.refunded`. */
export function isWantedEvent(type: string): boolean {
  return eventPattern.test(type);
}
