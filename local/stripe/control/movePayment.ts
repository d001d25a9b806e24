import { intentOfInvoice } from '../billing/invoiceLife.ts';
import { findIntentOf, findSessionOf } from '../checkout/sessionData.ts';
import { failDelayed, settleDelayed } from '../checkout/sessionLife.ts';
import { idOf } from '../idOf.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';
import * as attempts from '../payments/attempts.ts';
import { closeInquiry, escalateInquiry, loseDispute, openDispute, winDispute } from '../resources/disputes.ts';
import { failRefund, settleRefund } from '../resources/refunds.ts';
import { ControlError } from './controlError.ts';

/** Actions of banks on payments, and of customers on payments that wait for authentication. */
export const PAYMENT_ACTIONS = [
  'settle',
  'fail',
  'authenticate',
  'failAuthentication',
  'dispute',
  'winDispute',
  'loseDispute',
  'inquire',
  'closeInquiry',
  'escalateInquiry',
  'settleRefund',
  'failRefund',
] as const;
export type PaymentAction = (typeof PAYMENT_ACTIONS)[number];

/** State of a payment after an action. */
export interface MovedPayment {
  paymentIntent: string;
  status: Stripe.PaymentIntent.Status;
  charge: string | null;
  dispute: string | null;
  disputeStatus: Stripe.Dispute.Status | null;
}

/**
 * Applies an action to a payment.
 *
 * @param id id of a payment intent, of its Checkout session, or of its invoice
 * @throws ControlError 404 for an unknown payment, 409 when the payment's state doesn't allow the action
 */
export function movePayment(account: LocalAccount, id: string, action: PaymentAction): MovedPayment {
  const intent = requireIntent(account, id);
  ACTIONS[action](account, intent);
  const dispute = findDispute(account, intent);
  return {
    paymentIntent: intent.id,
    status: intent.status,
    charge: idOf(intent.latest_charge),
    dispute: dispute?.id ?? null,
    disputeStatus: dispute?.status ?? null,
  };
}

const ACTIONS: Readonly<Record<PaymentAction, (account: LocalAccount, intent: Stripe.PaymentIntent) => void>> = {
  settle: (account, intent) => {
    requireProcessing(intent);
    const session = findSessionOf(account, intent);
    if (session) settleDelayed(account, session, intent);
    else attempts.settle(account, intent);
  },
  fail: (account, intent) => {
    requireProcessing(intent);
    const session = findSessionOf(account, intent);
    if (session) failDelayed(account, session, intent);
    else attempts.bounce(account, intent);
  },
  authenticate: (account, intent) => {
    requireWaitingForCustomer(account, intent);
    attempts.succeed(account, intent, account.paymentMethods.get(idOf(intent.payment_method) ?? ''));
  },
  failAuthentication: (account, intent) => {
    requireWaitingForCustomer(account, intent);
    attempts.failAuthentication(account, intent);
  },
  dispute: (account, intent) => void openDispute(account, requireCharge(account, intent)),
  inquire: (account, intent) => void openDispute(account, requireCharge(account, intent), 'warning_needs_response'),
  closeInquiry: (account, intent) => closeInquiry(account, requireDispute(account, intent)),
  escalateInquiry: (account, intent) => escalateInquiry(account, requireDispute(account, intent)),
  winDispute: (account, intent) => winDispute(account, requireDispute(account, intent)),
  loseDispute: (account, intent) => loseDispute(account, requireDispute(account, intent)),
  settleRefund: (account, intent) => settleRefund(account, requireRefund(account, intent)),
  failRefund: (account, intent) => failRefund(account, requireRefund(account, intent)),
};

function requireIntent(account: LocalAccount, id: string): Stripe.PaymentIntent {
  const session = account.sessions.find(id);
  const intent = session
    ? findIntentOf(account, session)
    : (account.paymentIntents.find(id) ?? intentOfInvoice(account, { id }));
  if (intent) return intent;
  if (session) throw new ControlError(409, `Nobody has tried to pay the session ${id} yet.`);
  throw new ControlError(404, `No payment intent, Checkout session or invoice has the id ${id}.`);
}

function requireProcessing(intent: Stripe.PaymentIntent): void {
  if (intent.status === 'processing') return;
  throw new ControlError(409, `${intent.id} is not waiting for a bank: its status is ${intent.status}.`);
}

function requireWaitingForCustomer(account: LocalAccount, intent: Stripe.PaymentIntent): void {
  if (findSessionOf(account, intent)) {
    throw new ControlError(409, `${intent.id} belongs to a Checkout session: authenticate on its page.`);
  }
  if (intent.status === 'requires_action') return;
  throw new ControlError(409, `${intent.id} is not waiting for its customer: its status is ${intent.status}.`);
}

function requireCharge(account: LocalAccount, intent: Stripe.PaymentIntent): Stripe.Charge {
  const charge = account.charges.find(idOf(intent.latest_charge) ?? '');
  if (!charge) throw new ControlError(409, `Nothing was charged for ${intent.id} yet.`);
  return charge;
}

/**
 * Returns the latest refund of a payment.
 *
 * @throws ControlError 409 when the payment has no refund
 */
function requireRefund(account: LocalAccount, intent: Stripe.PaymentIntent): Stripe.Refund {
  const refund = account.refunds.newestFirst().find(({ payment_intent }) => idOf(payment_intent) === intent.id);
  if (!refund) throw new ControlError(409, `Nothing was refunded of ${intent.id} yet.`);
  return refund;
}

function requireDispute(account: LocalAccount, intent: Stripe.PaymentIntent): Stripe.Dispute {
  const dispute = findDispute(account, intent);
  if (!dispute) throw new ControlError(409, `${intent.id} is not disputed.`);
  return dispute;
}

function findDispute(account: LocalAccount, intent: Stripe.PaymentIntent): Stripe.Dispute | undefined {
  return account.disputes.newestFirst().find((dispute) => idOf(dispute.payment_intent) === intent.id);
}
