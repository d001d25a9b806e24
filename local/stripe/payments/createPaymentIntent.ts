import { createId } from '../ids.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';

/** The contents of a new payment intent. */
export interface IntentOptions {
  /** Amount in minor units. */
  amount: number;
  currency: string;
  customer: string | null;
  description: string | null;
  metadata: Stripe.Metadata;
  receiptEmail: string | null;
  setupFutureUsage: Stripe.PaymentIntent['setup_future_usage'];
  /** Default: `always`. */
  allowRedirects?: Stripe.PaymentIntent.AutomaticPaymentMethods.AllowRedirects;
  /** Id of the payment method, if it is already chosen. */
  paymentMethod?: string | null;
}

/** Creates a payment intent without an attempt to pay, and emits its event. */
export function createPaymentIntent(account: LocalAccount, options: IntentOptions): Stripe.PaymentIntent {
  const id = createId('pi_3', 23);
  const intent = account.paymentIntents.add({
    id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount: options.amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: { allow_redirects: options.allowRedirects ?? 'always', enabled: true },
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic_async',
    client_secret: `${id}_secret_${createId('', 25)}`,
    confirmation_method: 'automatic',
    created: account.clock.nowSeconds(),
    currency: options.currency,
    customer: options.customer,
    customer_account: null,
    description: options.description,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: { ...options.metadata },
    next_action: null,
    on_behalf_of: null,
    payment_method: options.paymentMethod ?? null,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ['card'],
    payment_record: null,
    processing: null,
    receipt_email: options.receiptEmail,
    review: null,
    setup_future_usage: options.setupFutureUsage,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: options.paymentMethod ? 'requires_confirmation' : 'requires_payment_method',
    transfer_data: null,
    transfer_group: null,
  });
  account.emit('payment_intent.created', intent);
  return intent;
}
