import { StripeError } from '../api/stripeError.ts';
import { failInvoice, settleInvoiceOf } from '../billing/collect.ts';
import { invoiceOfIntent } from '../billing/invoiceLife.ts';
import { idOf } from '../idOf.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';
import { mergeMetadata } from '../metadata.ts';
import * as attempts from '../payments/attempts.ts';
import { createPaymentIntent } from '../payments/createPaymentIntent.ts';
import { cancelSetup } from '../payments/setups.ts';
import { createCustomer } from '../resources/customers.ts';
import { openDispute } from '../resources/disputes.ts';
import { createBankAccount, createCard, type Payer } from '../resources/paymentMethods.ts';
import { testCards, type WorkingCardName } from '../testCards.ts';
import { customerDetails } from './createSession.ts';
import { countRedemption } from './discounts.ts';
import { makePostPaymentInvoice } from './postPaymentInvoice.ts';
import { findIntentOf, linkIntent, paymentIntentDataOf } from './sessionData.ts';
import { subscribe } from './subscribe.ts';

type Session = Stripe.Checkout.Session;

/** Pays an open session with a card that works now. The card decides what happens later, for example a dispute. */
export function pay(account: LocalAccount, session: Session, payer: Payer, cardName: WorkingCardName): void {
  identify(account, session, payer);
  if (session.amount_total === 0) {
    complete(account, session, 'no_payment_required');
    return;
  }
  const intent = intentOf(account, session);
  const card = createCard(account, testCards[cardName], payer);
  account.testCardByMethod.set(card.id, cardName);
  attempts.succeed(account, intent, card);
  complete(account, session, 'paid');
  const { behavior } = testCards[cardName];
  if (behavior.kind !== 'succeedsThenIsDisputed') return;
  openDispute(account, account.charges.get(idOf(intent.latest_charge) ?? ''), behavior.status);
}

/** Attempts a payment with a card that is declined; the session stays open. */
export function payWithDeclinedCard(account: LocalAccount, session: Session, payer: Payer): void {
  const { brand, last4, behavior } = testCards.pm_card_chargeDeclined;
  const card = createCard(account, { brand, last4, behavior }, payer);
  attempts.decline(account, intentOf(account, session), card, behavior.decline);
}

/** Attempts a payment with a card whose bank asks the customer to authenticate; the session stays open. */
export function beginAuthentication(account: LocalAccount, session: Session, payer: Payer): void {
  const card = createCard(account, testCards.pm_card_authenticationRequired, payer);
  attempts.requireAuthentication(account, intentOf(account, session), card, {
    type: 'redirect_to_url',
    redirect_to_url: { return_url: session.url, url: session.url },
  });
}

/**
 * Completes the bank's authentication, which pays the session.
 *
 * @returns false when no check was going on
 */
export function passAuthentication(account: LocalAccount, session: Session, payer: Payer): boolean {
  const intent = findIntentOf(account, session);
  if (intent?.status !== 'requires_action') return false;
  identify(account, session, payer);
  intent.customer ??= idOf(session.customer);
  attempts.succeed(account, intent, account.paymentMethods.get(idOf(intent.payment_method) ?? ''));
  complete(account, session, 'paid');
  return true;
}

/**
 * Fails the bank's authentication; the session stays open.
 *
 * @returns false when no check was going on
 */
export function failAuthentication(account: LocalAccount, session: Session): boolean {
  const intent = findIntentOf(account, session);
  if (intent?.status !== 'requires_action') return false;
  attempts.failAuthentication(account, intent);
  return true;
}

/** Completes a session with a bank debit, whose money arrives later. */
export function payDelayed(account: LocalAccount, session: Session, payer: Payer): void {
  identify(account, session, payer);
  const intent = intentOf(account, session);
  attempts.startProcessing(account, intent, createBankAccount(account, intent.currency, payer));
  session.payment_method_types = ['card', ...intent.payment_method_types];
  complete(account, session, 'unpaid');
}

/** Settles the bank debit that completed a session. */
export function settleDelayed(account: LocalAccount, session: Session, intent: Stripe.PaymentIntent): void {
  attempts.settle(account, intent);
  settleInvoiceOf(account, intent);
  session.payment_status = 'paid';
  makePostPaymentInvoice(account, session);
  account.emit('checkout.session.async_payment_succeeded', session);
}

/** Fails the bank debit that completed a session. */
export function failDelayed(account: LocalAccount, session: Session, intent: Stripe.PaymentIntent): void {
  attempts.bounce(account, intent);
  const invoice = invoiceOfIntent(account, intent);
  if (invoice) failInvoice(account, invoice, intent);
  account.emit('checkout.session.async_payment_failed', session);
}

/**
 * Expires an open session, so that it can no longer be paid.
 *
 * @throws StripeError when the session isn't open
 */
export function expireSession(account: LocalAccount, session: Session): void {
  if (session.status !== 'open') {
    throw StripeError.invalid(
      'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ' +
        `${session.status}.`,
    );
  }
  session.status = 'expired';
  session.url = null;
  const intent = findIntentOf(account, session);
  if (intent) attempts.cancel(account, intent, 'automatic');
  const setup = account.setupIntents.find(idOf(session.setup_intent) ?? '');
  if (setup) cancelSetup(account, setup);
  account.emit('checkout.session.expired', session);
}

/** Expires every open session whose expiry time has passed. */
export function expireDueSessions(account: LocalAccount): void {
  const now = account.clock.nowSeconds();
  for (const session of account.sessions.newestFirst()) {
    if (session.status === 'open' && session.expires_at <= now) expireSession(account, session);
  }
}

/** Returns the session's payment intent. As at Stripe, the first attempt to pay creates the intent. */
function intentOf(account: LocalAccount, session: Session): Stripe.PaymentIntent {
  const existing = findIntentOf(account, session);
  if (existing) {
    existing.customer ??= idOf(session.customer);
    return existing;
  }
  const data = paymentIntentDataOf(session);
  const intent = createPaymentIntent(account, {
    amount: session.amount_total ?? 0,
    currency: session.currency ?? 'usd',
    customer: idOf(session.customer),
    description: data.description ?? null,
    metadata: mergeMetadata(null, data.metadata),
    receiptEmail: data.receipt_email ?? null,
    setupFutureUsage: session.mode === 'subscription' ? 'off_session' : (data.setup_future_usage ?? null),
  });
  linkIntent(session, intent);
  return intent;
}

function identify(account: LocalAccount, session: Session, payer: Payer): void {
  if (!session.customer_details?.email) session.customer_details = customerDetails(payer.email, payer.name);
  const isNeeded = session.customer_creation === 'always' || session.invoice_creation?.enabled;
  if (!isNeeded || session.customer) return;
  const { email } = session.customer_details;
  session.customer = createCustomer(account, email ? { email } : {}).id;
}

function complete(
  account: LocalAccount,
  session: Session,
  paymentStatus: 'paid' | 'unpaid' | 'no_payment_required',
): void {
  session.status = 'complete';
  countRedemption(account, session);
  session.payment_status = paymentStatus;
  session.url = null;
  if (session.mode === 'subscription') subscribe(account, session);
  if (paymentStatus !== 'unpaid') makePostPaymentInvoice(account, session);
  account.emit('checkout.session.completed', session);
}
