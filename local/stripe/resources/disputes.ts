import { defineRoute, type Resource } from '../api/apiRoute.ts';
import { isCreatedWithin, LIST_PARAMETERS, paginate } from '../api/pagination.ts';
import { StripeError } from '../api/stripeError.ts';
import { previousAttributes } from '../changes.ts';
import { idOf } from '../idOf.ts';
import { createId } from '../ids.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';
import { bookMovement } from './balanceTransactions.ts';

const EVIDENCE_DUE_AFTER_SECONDS = 9 * 24 * 60 * 60;
/** Fee of a dispute in minor units, the same in every currency. The stand-in's account is an American account. */
const DISPUTE_FEE = 1500;

/**
 * Opens a dispute, in which the payer's bank takes a payment back, or an inquiry (`warning_needs_response`), in which
 * the bank only asks about the payment.
 *
 * @throws StripeError when the charge has no disputable amount left, or is disputed already
 */
export function openDispute(
  account: LocalAccount,
  charge: Stripe.Charge,
  status: 'needs_response' | 'warning_needs_response' = 'needs_response',
): Stripe.Dispute {
  const amount = charge.amount - charge.amount_refunded;
  if (charge.status !== 'succeeded' || amount === 0) {
    throw StripeError.invalid(`Charge ${charge.id} has nothing left to dispute.`);
  }
  if (charge.disputed) throw StripeError.invalid(`Charge ${charge.id} is disputed already.`);
  const dispute = addDispute(account, charge, amount, status);
  charge.disputed = true;
  account.emit('charge.dispute.created', dispute);
  if (status === 'needs_response') withdrawFunds(account, dispute);
  return dispute;
}

function withdrawFunds(account: LocalAccount, dispute: Stripe.Dispute): void {
  dispute.balance_transactions = [moveFunds(account, dispute, -dispute.amount, DISPUTE_FEE)];
  account.emit('charge.dispute.funds_withdrawn', dispute);
}

/**
 * Closes an inquiry without a dispute; the money stays.
 *
 * @throws StripeError when the dispute isn't an open inquiry
 */
export function closeInquiry(account: LocalAccount, dispute: Stripe.Dispute): void {
  requireInquiry(dispute);
  dispute.status = 'warning_closed';
  account.emit('charge.dispute.closed', dispute);
}

/**
 * Turns an inquiry into a dispute, which takes the money.
 *
 * @throws StripeError when the dispute isn't an open inquiry
 */
export function escalateInquiry(account: LocalAccount, dispute: Stripe.Dispute): void {
  requireInquiry(dispute);
  const before = structuredClone(dispute);
  dispute.status = 'needs_response';
  dispute.is_charge_refundable = false;
  account.emit('charge.dispute.updated', dispute, previousAttributes(before, dispute));
  withdrawFunds(account, dispute);
}

/** Returns whether a dispute holds money, so that a refund would return the money a second time. */
export function holdsMoney({ status }: Stripe.Dispute): boolean {
  return status !== 'won' && !isInquiry(status);
}

function isInquiry(status: Stripe.Dispute.Status): boolean {
  return status.startsWith('warning_');
}

function requireInquiry({ id, status }: Stripe.Dispute): void {
  if (status === 'warning_needs_response' || status === 'warning_under_review') return;
  throw StripeError.invalid(`Dispute ${id} is not an open inquiry (${status}).`);
}

/**
 * Wins a dispute: the bank returns the money to the account.
 *
 * @throws StripeError when the dispute isn't open
 */
export function winDispute(account: LocalAccount, dispute: Stripe.Dispute): void {
  requireOpen(dispute);
  const before = structuredClone(dispute);
  dispute.status = 'won';
  dispute.balance_transactions.push(moveFunds(account, dispute, dispute.amount, 0));
  account.emit('charge.dispute.funds_reinstated', dispute, previousAttributes(before, dispute));
  account.emit('charge.dispute.closed', dispute);
}

/**
 * Loses or accepts a dispute: the payer keeps the money.
 *
 * @throws StripeError when the dispute isn't open
 */
export function loseDispute(account: LocalAccount, dispute: Stripe.Dispute): void {
  requireOpen(dispute);
  dispute.status = 'lost';
  account.emit('charge.dispute.closed', dispute);
}

function requireOpen(dispute: Stripe.Dispute): void {
  if (dispute.status !== 'won' && dispute.status !== 'lost' && !isInquiry(dispute.status)) return;
  throw StripeError.invalid(`Dispute ${dispute.id} is not open (${dispute.status}).`);
}

function moveFunds(
  account: LocalAccount,
  dispute: Stripe.Dispute,
  amount: number,
  fee: number,
): Stripe.BalanceTransaction {
  return bookMovement(account, {
    type: 'adjustment',
    reportingCategory: amount < 0 ? 'dispute' : 'dispute_reversal',
    amount,
    fee,
    currency: dispute.currency,
    source: dispute.id,
    description: `Chargeback ${amount < 0 ? 'withdrawal' : 'reversal'} for ${idOf(dispute.charge)}`,
  });
}

function addDispute(
  account: LocalAccount,
  charge: Stripe.Charge,
  amount: number,
  status: 'needs_response' | 'warning_needs_response',
): Stripe.Dispute {
  const now = account.clock.nowSeconds();
  const brand = charge.payment_method_details?.card?.brand;
  return account.disputes.add({
    id: createId('du_1', 23),
    object: 'dispute',
    amount,
    balance_transactions: [],
    charge: charge.id,
    created: now,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: noEvidence(),
    evidence_details: {
      due_by: now + EVIDENCE_DUE_AFTER_SECONDS,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: isInquiry(status),
    livemode: false,
    metadata: {},
    payment_intent: idOf(charge.payment_intent),
    ...(brand && {
      payment_method_details: {
        type: 'card',
        card: {
          brand,
          case_type: isInquiry(status) ? 'inquiry' : 'chargeback',
          network: brand,
          network_reason_code: '10.4',
        },
      },
    }),
    reason: 'fraudulent',
    status,
  });
}

function noEvidence(): Stripe.Dispute.Evidence {
  return {
    access_activity_log: null,
    billing_address: null,
    cancellation_policy: null,
    cancellation_policy_disclosure: null,
    cancellation_rebuttal: null,
    customer_communication: null,
    customer_email_address: null,
    customer_name: null,
    customer_purchase_ip: null,
    customer_signature: null,
    duplicate_charge_documentation: null,
    duplicate_charge_explanation: null,
    duplicate_charge_id: null,
    enhanced_evidence: {},
    product_description: null,
    receipt: null,
    refund_policy: null,
    refund_policy_disclosure: null,
    refund_refusal_explanation: null,
    service_date: null,
    service_documentation: null,
    shipping_address: null,
    shipping_carrier: null,
    shipping_date: null,
    shipping_documentation: null,
    shipping_tracking_number: null,
    uncategorized_file: null,
    uncategorized_text: null,
  };
}

export const disputes: Resource = {
  routes: [
    defineRoute({
      method: 'GET',
      path: '/v1/disputes/{id}',
      accepts: [],
      handle: ({ account, id }) => account.disputes.get(id),
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/disputes/{id}/close',
      accepts: [],
      handle: ({ account, id }) => {
        const dispute = account.disputes.get(id);
        loseDispute(account, dispute);
        return dispute;
      },
    }),
    defineRoute<Stripe.DisputeListParams>({
      method: 'GET',
      path: '/v1/disputes',
      accepts: [...LIST_PARAMETERS, 'charge', 'created', 'payment_intent'],
      handle: ({ account, params, path }) => {
        const found = account.disputes
          .newestFirst()
          .filter(
            (dispute) =>
              isCreatedWithin(dispute.created, params.created) &&
              (params.charge ?? idOf(dispute.charge)) === idOf(dispute.charge) &&
              (params.payment_intent ?? idOf(dispute.payment_intent)) === idOf(dispute.payment_intent),
          );
        return paginate(found, params, path);
      },
    }),
  ],
};
