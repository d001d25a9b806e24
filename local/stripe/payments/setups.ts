import { StripeError } from '../api/stripeError.ts';
import { idOf } from '../idOf.ts';
import { createId } from '../ids.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';
import { attach, usePaymentMethod } from '../resources/paymentMethods.ts';

/** The contents of a new setup intent. */
export interface SetupOptions {
  customer: string | null;
  description: string | null;
  metadata: Stripe.Metadata;
  usage: string;
  /** Default: `always`. */
  allowRedirects?: Stripe.SetupIntent.AutomaticPaymentMethods.AllowRedirects | undefined;
}

/** Creates a setup intent, by which a payment method is saved, and emits its event. */
export function createSetupIntent(account: LocalAccount, options: SetupOptions): Stripe.SetupIntent {
  const id = createId('seti_1', 23);
  const setup = account.setupIntents.add({
    id,
    object: 'setup_intent',
    allowed_payment_method_types: null,
    application: null,
    automatic_payment_methods: { allow_redirects: options.allowRedirects ?? 'always', enabled: true },
    cancellation_reason: null,
    client_secret: `${id}_secret_${createId('', 25)}`,
    created: account.clock.nowSeconds(),
    customer: options.customer,
    customer_account: null,
    description: options.description,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    managed_payments: null,
    mandate: null,
    metadata: { ...options.metadata },
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ['card'],
    single_use_mandate: null,
    status: 'requires_payment_method',
    usage: options.usage,
  });
  account.emit('setup_intent.created', setup);
  return setup;
}

/**
 * Saves a payment method after a check with its bank.
 *
 * @throws StripeError 402 when the bank declines the card; the setup intent can be tried again
 */
export function confirmSetup(account: LocalAccount, setup: Stripe.SetupIntent, methodId: string): void {
  requireUnfinished(setup);
  const method = usePaymentMethod(account, methodId, 'payment_method');
  const customer = idOf(setup.customer);
  try {
    if (customer) attach(account, method.id, customer);
  } catch (error) {
    if (!(error instanceof StripeError) || error.type !== 'card_error') throw error;
    const { code, decline_code } = error.details;
    setup.last_setup_error = {
      code: code as Stripe.SetupIntent.LastSetupError.Code,
      ...(decline_code && { decline_code }),
      message: error.message,
      payment_method: structuredClone(method),
      type: 'card_error',
    };
    account.emit('setup_intent.setup_failed', setup);
    throw new StripeError(error.status, error.type, error.message, {
      ...error.details,
      payment_method: structuredClone(method),
    });
  }
  setup.payment_method = method.id;
  setup.payment_method_types = [method.type];
  setup.last_setup_error = null;
  setup.status = 'succeeded';
  account.emit('setup_intent.succeeded', setup);
}

/** @throws StripeError when the setup intent has succeeded or is canceled */
function requireUnfinished(setup: Stripe.SetupIntent): void {
  if (setup.status === 'requires_payment_method' || setup.status === 'requires_confirmation') return;
  throw StripeError.invalid(`You cannot confirm this SetupIntent because it has a status of ${setup.status}.`, {
    code: 'setup_intent_unexpected_state',
  });
}

/** Cancels a setup intent. */
export function cancelSetup(account: LocalAccount, setup: Stripe.SetupIntent): void {
  setup.status = 'canceled';
  setup.cancellation_reason = 'abandoned';
  account.emit('setup_intent.canceled', setup);
}
