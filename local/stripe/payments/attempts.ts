import { idOf } from '../idOf.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';
import { bookMovement } from '../resources/balanceTransactions.ts';
import { createCharge } from '../resources/charges.ts';
import type { Decline } from '../testCards.ts';

const APPROVED: Stripe.Charge.Outcome = {
  advice_code: null,
  network_advice_code: null,
  network_decline_code: null,
  network_status: 'approved_by_network',
  reason: null,
  risk_level: 'normal',
  risk_score: 10,
  seller_message: 'Payment complete.',
  type: 'authorized',
};

/** Pays a payment intent at once, with a charge that succeeds. */
export function succeed(account: LocalAccount, intent: Stripe.PaymentIntent, method: Stripe.PaymentMethod): void {
  const charge = createCharge(account, intent, method, {
    status: 'succeeded',
    paid: true,
    captured: true,
    outcome: APPROVED,
    failure_code: null,
    failure_message: null,
  });
  saveForLater(account, intent, method);
  receive(account, intent, charge, method);
}

/** Attempts a payment with a card that the bank declines; the payment intent can be tried again. */
export function decline(
  account: LocalAccount,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  reason: Decline,
): Stripe.Charge {
  const charge = createCharge(account, intent, method, {
    status: 'failed',
    paid: false,
    captured: false,
    outcome: {
      ...APPROVED,
      network_status: 'declined_by_network',
      reason: reason.decline_code,
      seller_message: `The bank returned the decline code \`${reason.decline_code}\`.`,
      type: 'issuer_declined',
    },
    failure_code: reason.code,
    failure_message: reason.message,
  });
  intent.latest_charge = charge.id;
  refuse(intent, { ...reason, charge: charge.id, payment_method: structuredClone(method), type: 'card_error' });
  account.emit('charge.failed', charge);
  account.emit('payment_intent.payment_failed', intent);
  return charge;
}

/** Starts a bank debit, which settles or fails some days later. */
export function startProcessing(
  account: LocalAccount,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
): void {
  const charge = createCharge(account, intent, method, {
    status: 'pending',
    paid: false,
    captured: true,
    outcome: { ...APPROVED, seller_message: 'Payment pending.' },
    failure_code: null,
    failure_message: null,
  });
  intent.status = 'processing';
  intent.latest_charge = charge.id;
  intent.payment_method = method.id;
  intent.payment_method_types = [method.type];
  intent.next_action = null;
  intent.last_payment_error = null;
  account.emit('charge.pending', charge);
  account.emit('payment_intent.processing', intent);
}

/** Settles the bank debit of a payment intent. */
export function settle(account: LocalAccount, intent: Stripe.PaymentIntent): void {
  const charge = account.charges.get(idOf(intent.latest_charge) ?? '');
  charge.status = 'succeeded';
  charge.paid = true;
  charge.outcome = APPROVED;
  receive(account, intent, charge, account.paymentMethods.get(idOf(intent.payment_method) ?? ''));
}

/** Fails the bank debit of a payment intent. */
export function bounce(account: LocalAccount, intent: Stripe.PaymentIntent): void {
  const charge = account.charges.get(idOf(intent.latest_charge) ?? '');
  const method = account.paymentMethods.get(idOf(intent.payment_method) ?? '');
  const message = 'The customer’s bank account could not be debited: insufficient funds.';
  Object.assign(charge, {
    status: 'failed',
    captured: false,
    amount_captured: 0,
    failure_code: 'insufficient_funds',
    failure_message: message,
  });
  refuse(intent, {
    charge: charge.id,
    code: 'insufficient_funds',
    message,
    payment_method: structuredClone(method),
    type: 'invalid_request_error',
  });
  account.emit('charge.failed', charge);
  account.emit('payment_intent.payment_failed', intent);
}

/** Makes a payment intent wait until the customer authenticates with the bank. */
export function requireAuthentication(
  account: LocalAccount,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  nextAction: Stripe.PaymentIntent.NextAction,
): void {
  intent.status = 'requires_action';
  intent.payment_method = method.id;
  intent.last_payment_error = null;
  intent.next_action = nextAction;
  account.emit('payment_intent.requires_action', intent);
}

/** Handles a failed authentication; nothing is charged. */
export function failAuthentication(account: LocalAccount, intent: Stripe.PaymentIntent): void {
  const method = account.paymentMethods.get(idOf(intent.payment_method) ?? '');
  refuse(intent, {
    code: 'payment_intent_authentication_failure',
    message:
      'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
    payment_method: structuredClone(method),
    type: 'invalid_request_error',
  });
  account.emit('payment_intent.payment_failed', intent);
}

/** Cancels an unpaid payment intent. */
export function cancel(
  account: LocalAccount,
  intent: Stripe.PaymentIntent,
  reason: Stripe.PaymentIntent.CancellationReason | null,
): void {
  intent.status = 'canceled';
  intent.cancellation_reason = reason;
  intent.canceled_at = account.clock.nowSeconds();
  intent.next_action = null;
  account.emit('payment_intent.canceled', intent);
}

function receive(
  account: LocalAccount,
  intent: Stripe.PaymentIntent,
  charge: Stripe.Charge,
  method: Stripe.PaymentMethod,
): void {
  charge.balance_transaction = bookMovement(account, {
    type: method.type === 'card' ? 'charge' : 'payment',
    reportingCategory: 'charge',
    amount: charge.amount,
    fee: Math.round(charge.amount * 0.029) + 30,
    currency: charge.currency,
    source: charge.id,
    description: charge.description,
  }).id;
  intent.status = 'succeeded';
  intent.amount_received = intent.amount;
  intent.latest_charge = charge.id;
  intent.payment_method = method.id;
  intent.payment_method_types = [method.type];
  intent.next_action = null;
  intent.last_payment_error = null;
  account.emit('payment_intent.succeeded', intent);
  account.emit('charge.succeeded', charge);
}

function refuse(intent: Stripe.PaymentIntent, error: Stripe.PaymentIntent.LastPaymentError): void {
  intent.status = 'requires_payment_method';
  intent.payment_method = null;
  intent.next_action = null;
  intent.last_payment_error = error;
}

/** For `setup_future_usage`: attaches the method of a successful payment to the customer. */
function saveForLater(account: LocalAccount, intent: Stripe.PaymentIntent, method: Stripe.PaymentMethod): void {
  const customer = idOf(intent.customer);
  if (!intent.setup_future_usage || !customer || method.customer) return;
  method.customer = customer;
  account.emit('payment_method.attached', method);
}
