import type Stripe from 'stripe';
import { refundNotPossible } from '../../sales/payments/payments.errors.ts';
import {
  type ProviderRefund,
  REFUND_STATUSES,
  type RefundProvider,
  type RefundRequest,
  type ReversalTruth,
} from '../../sales/payments/refundProvider.ts';
import { callStripe } from './callStripe.ts';

const LIST_PAGE_SIZE = 100;
/** Number of refunds, and of disputes, that are read of a payment: more than any payment has. */
const MAX_LISTED = 10_000;

/** Reads refunds and disputes of payments at Stripe, and refunds payments. */
export class StripeRefundProvider implements RefundProvider {
  readonly #client: () => Stripe;

  constructor(client: () => Stripe) {
    this.#client = client;
  }

  async fetchReversal(paymentId: string): Promise<ReversalTruth> {
    const { intent, refunds, disputes } = await callStripe(async () => {
      const client = this.#client();
      const [intent, refunds, disputes] = await Promise.all([
        client.paymentIntents.retrieve(paymentId),
        listAll(client.refunds.list({ payment_intent: paymentId, limit: LIST_PAGE_SIZE })),
        listAll(client.disputes.list({ payment_intent: paymentId, limit: LIST_PAGE_SIZE })),
      ]);
      return { intent, refunds, disputes };
    });
    return reversalTruth(intent, refunds, disputes);
  }

  async refund({ refundId, orderId, paymentId, amountMinor, reason }: RefundRequest): Promise<ProviderRefund> {
    const client = this.#client();
    // Stripe may forget an idempotency key after a day, but the refund's metadata keep the id of our refund.
    const earlier = await callStripe(() =>
      listAll(client.refunds.list({ payment_intent: paymentId, limit: LIST_PAGE_SIZE })),
    );
    const known = earlier.find((refund) => refund.metadata?.refundId === refundId);
    if (known) return providerRefund(known);
    const created = await callStripe(
      () =>
        client.refunds.create(
          { payment_intent: paymentId, amount: amountMinor, reason, metadata: { refundId, orderId } },
          { idempotencyKey: refundId },
        ),
      (error) => refundNotPossible('The payment provider does not refund this payment any more.', error),
    );
    return providerRefund(created);
  }
}

function listAll<T>(list: Stripe.ApiListPromise<T>): Promise<T[]> {
  return list.autoPagingToArray({ limit: MAX_LISTED });
}

/** Translates a payment with all its refunds and disputes into its refunded, disputed and refundable amounts. */
export function reversalTruth(
  intent: Pick<Stripe.PaymentIntent, 'id' | 'amount_received' | 'currency'>,
  refunds: readonly Pick<Stripe.Refund, 'amount' | 'status'>[],
  disputes: readonly Pick<Stripe.Dispute, 'amount' | 'currency' | 'status' | 'balance_transactions'>[],
): ReversalTruth {
  const sum = (parts: readonly { readonly amount: number }[]) => parts.reduce((total, { amount }) => total + amount, 0);
  const refundedAmountMinor = sum(refunds.filter(({ status }) => status === 'succeeded'));
  const underWayMinor = sum(refunds.filter(({ status }) => status === 'pending' || status === 'requires_action'));
  const taking = disputes.filter(takesMoney);
  // A bank may dispute in another currency. Stripe doesn't say which part of the payment that is, so all of it counts.
  const isForeign = taking.some(({ currency }) => currency !== intent.currency);
  const disputedAmountMinor = isForeign ? intent.amount_received : sum(taking);
  const left = intent.amount_received - refundedAmountMinor - underWayMinor - disputedAmountMinor;
  return {
    paymentId: intent.id,
    amountMinor: intent.amount_received,
    refundedAmountMinor,
    disputedAmountMinor,
    refundableAmountMinor: Math.max(0, left),
    isDivisible: true,
  };
}

/**
 * Returns true if a dispute's money is lost, or held by a bank. Inquiries (`warning_…`) take no money, and a won
 * dispute returns it. For prevented disputes and unknown statuses, the movements of the merchant's balance decide.
 */
function takesMoney({
  status,
  balance_transactions,
}: Pick<Stripe.Dispute, 'status' | 'balance_transactions'>): boolean {
  switch (status) {
    case 'needs_response':
    case 'under_review':
    case 'appeal_needs_response':
    case 'appeal_under_review':
    case 'lost':
      return true;
    case 'won':
    case 'warning_needs_response':
    case 'warning_under_review':
    case 'warning_closed':
      return false;
    default:
      return balance_transactions.reduce((total, { amount }) => total + amount, 0) < 0;
  }
}

function providerRefund({ id, status }: Pick<Stripe.Refund, 'id' | 'status'>): ProviderRefund {
  // Treat an unknown status as a refund that hasn't ended yet.
  return { providerRefundId: id, status: REFUND_STATUSES.find((known) => known === status) ?? 'pending' };
}
