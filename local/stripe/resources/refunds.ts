import { defineRoute, type Resource } from '../api/apiRoute.ts';
import { isCreatedWithin, LIST_PARAMETERS, paginate } from '../api/pagination.ts';
import { StripeError } from '../api/stripeError.ts';
import { previousAttributes } from '../changes.ts';
import { idOf } from '../idOf.ts';
import { createId } from '../ids.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';
import { mergeMetadata } from '../metadata.ts';
import { formatMoney } from '../money.ts';
import { testCards } from '../testCards.ts';
import { bookMovement } from './balanceTransactions.ts';
import { holdsMoney } from './disputes.ts';

/**
 * Refunds a charge: the requested amount, else all that is left.
 *
 * @throws StripeError when the charge cannot be refunded by this amount
 */
function createRefund(account: LocalAccount, params: Stripe.RefundCreateParams): Stripe.Refund {
  const charge = requireCharge(account, params);
  const amount = requireRefundable(account, charge, params.amount);
  const before = structuredClone(charge);
  const refund = addRefund(account, charge, amount, params);
  charge.amount_refunded += amount;
  charge.refunded = charge.amount_refunded === charge.amount;
  account.emit('charge.refunded', charge, previousAttributes(before, charge));
  account.emit('refund.created', refund);
  return refund;
}

/**
 * Completes a pending refund.
 *
 * @throws StripeError when the refund isn't pending
 */
export function settleRefund(account: LocalAccount, refund: Stripe.Refund): void {
  if (refund.status !== 'pending') throw StripeError.invalid(`Refund ${refund.id} is not pending (${refund.status}).`);
  const before = structuredClone(refund);
  refund.status = 'succeeded';
  delete refund.pending_reason;
  account.emit('refund.updated', refund, previousAttributes(before, refund));
}

/**
 * Fails a refund, possibly long after it succeeded; the money returns to the account.
 *
 * @throws StripeError when the refund has failed or is canceled
 */
export function failRefund(account: LocalAccount, refund: Stripe.Refund): void {
  if (refund.status !== 'pending' && refund.status !== 'succeeded') {
    throw StripeError.invalid(`Refund ${refund.id} has ended already (${refund.status}).`);
  }
  const charge = account.charges.get(idOf(refund.charge) ?? '');
  charge.amount_refunded -= refund.amount;
  charge.refunded = false;
  const before = structuredClone(refund);
  refund.status = 'failed';
  refund.failure_reason = 'lost_or_stolen_card';
  delete refund.pending_reason;
  refund.failure_balance_transaction = bookMovement(account, {
    type: 'refund_failure',
    reportingCategory: 'refund_failure',
    amount: refund.amount,
    fee: 0,
    currency: refund.currency,
    source: refund.id,
    description: 'REFUND FAILURE',
  }).id;
  account.emit('refund.updated', refund, previousAttributes(before, refund));
  account.emit('refund.failed', refund);
}

function requireCharge(account: LocalAccount, params: Stripe.RefundCreateParams): Stripe.Charge {
  if (params.charge !== undefined) return account.charges.get(params.charge, 'charge');
  if (params.payment_intent === undefined) {
    throw StripeError.invalid(
      'One of the following params should be provided for this request: payment_intent or charge.',
    );
  }
  const intent = account.paymentIntents.get(params.payment_intent, 'payment_intent');
  const charge = account.charges.find(idOf(intent.latest_charge) ?? '');
  if (intent.status !== 'succeeded' || !charge) {
    throw StripeError.invalid(`This PaymentIntent (${intent.id}) does not have a successful charge to refund.`, {
      param: 'payment_intent',
    });
  }
  return charge;
}

function requireRefundable(account: LocalAccount, charge: Stripe.Charge, requested: number | undefined): number {
  const left = charge.amount - charge.amount_refunded;
  if (charge.status !== 'succeeded') {
    throw StripeError.invalid(`Charge ${charge.id} has not succeeded, so there is nothing to refund.`, {
      param: 'charge',
    });
  }
  if (charge.refunded) {
    throw StripeError.invalid(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' });
  }
  const disputes = account.disputes.newestFirst().filter((dispute) => idOf(dispute.charge) === charge.id);
  if (disputes.some(holdsMoney)) {
    throw StripeError.invalid(`Charge ${charge.id} has been charged back; cannot issue a refund.`, {
      code: 'charge_disputed',
    });
  }
  if (requested === undefined) return left;
  if (requested < 1) {
    throw StripeError.invalid('Invalid positive integer', { code: 'parameter_invalid_integer', param: 'amount' });
  }
  if (requested > left) {
    throw StripeError.invalid(
      `Refund amount (${formatMoney(requested, charge.currency)}) is greater than unrefunded amount on charge ` +
        `(${formatMoney(left, charge.currency)})`,
      { param: 'amount' },
    );
  }
  return requested;
}

function addRefund(
  account: LocalAccount,
  charge: Stripe.Charge,
  amount: number,
  params: Stripe.RefundCreateParams,
): Stripe.Refund {
  const metadata = mergeMetadata(null, params.metadata);
  const isPending = isRefundedLater(account, charge);
  const id = createId('re_3', 23);
  const movement = bookMovement(account, {
    type: charge.payment_method_details?.card ? 'refund' : 'payment_refund',
    reportingCategory: 'refund',
    amount: -amount,
    fee: 0,
    currency: charge.currency,
    source: id,
    description: 'REFUND FOR CHARGE',
  });
  return account.refunds.add({
    id,
    object: 'refund',
    amount,
    balance_transaction: movement.id,
    charge: charge.id,
    created: account.clock.nowSeconds(),
    currency: charge.currency,
    customer: idOf(charge.customer),
    customer_account: null,
    metadata,
    payment_intent: idOf(charge.payment_intent),
    payment_method: charge.payment_method,
    reason: params.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    ...(isPending ? { status: 'pending', pending_reason: 'processing' } : { status: 'succeeded' }),
    transfer_reversal: null,
  });
}

function isRefundedLater(account: LocalAccount, charge: Stripe.Charge): boolean {
  const { behavior } = testCards[account.testCardByMethod.get(charge.payment_method ?? '') ?? 'pm_card_visa'];
  return behavior.kind === 'refundsLater' && behavior.refundStatus === 'pending';
}

function updateRefund(account: LocalAccount, id: string, params: Stripe.RefundUpdateParams): Stripe.Refund {
  const refund = account.refunds.get(id);
  const before = structuredClone(refund);
  refund.metadata = mergeMetadata(refund.metadata, params.metadata);
  const previous = previousAttributes(before, refund);
  if (previous) account.emit('refund.updated', refund, previous);
  return refund;
}

export const refunds: Resource = {
  routes: [
    defineRoute<Stripe.RefundCreateParams>({
      method: 'POST',
      path: '/v1/refunds',
      accepts: ['amount', 'charge', 'metadata', 'payment_intent', 'reason'],
      handle: ({ account, params }) => createRefund(account, params),
    }),
    defineRoute<Stripe.RefundUpdateParams>({
      method: 'POST',
      path: '/v1/refunds/{id}',
      accepts: ['metadata'],
      handle: ({ account, params, id }) => updateRefund(account, id, params),
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/refunds/{id}',
      accepts: [],
      handle: ({ account, id }) => account.refunds.get(id),
    }),
    defineRoute<Stripe.RefundListParams>({
      method: 'GET',
      path: '/v1/refunds',
      accepts: [...LIST_PARAMETERS, 'charge', 'created', 'payment_intent'],
      handle: ({ account, params, path }) => {
        const found = account.refunds
          .newestFirst()
          .filter(
            (refund) =>
              isCreatedWithin(refund.created, params.created) &&
              (params.charge ?? idOf(refund.charge)) === idOf(refund.charge) &&
              (params.payment_intent ?? idOf(refund.payment_intent)) === idOf(refund.payment_intent),
          );
        return paginate(found, params, path);
      },
    }),
  ],
};
