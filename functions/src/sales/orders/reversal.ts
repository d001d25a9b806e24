import { assertNonNegative, type IsoTime } from '@cloud-bridge/base';
import { giveBack, type LotChange, leftOfTaken, mergeTaken } from '@cloud-bridge/ledger';
import type { PaymentReversal } from '../payments/refundProvider.ts';
import { NO_REVERSAL, type OrderReversal, type PaidOrder } from './order.ts';

/**
 * Returns the total of credits to revoke for the money of a payment that went back. The share of the credits equals the
 * share of the money, rounded down to a whole credit in the payer's favor. All the money is all the credits. Money that
 * was both refunded and disputed counts once.
 */
export function revocationTarget(credits: number, reversal: PaymentReversal): number {
  const amount = assertNonNegative(reversal.amountMinor, 'amount of a payment');
  const gone =
    assertNonNegative(reversal.refundedAmountMinor, 'refunded amount') +
    assertNonNegative(reversal.disputedAmountMinor, 'disputed amount');
  if (gone === 0 || amount === 0) return 0;
  if (gone >= amount) return credits;
  // The product may exceed the integers that a number holds exactly.
  return Number((BigInt(credits) * BigInt(gone)) / BigInt(amount));
}

/** Decides the status of a paid order. An open or lost dispute outweighs refunds. */
function statusOf(reversal: PaymentReversal): PaidOrder['status'] {
  if (reversal.disputedAmountMinor > 0) return 'disputed';
  if (reversal.refundedAmountMinor === 0) return 'paid';
  return reversal.refundedAmountMinor >= reversal.amountMinor ? 'refunded' : 'partially_refunded';
}

/** The ledger entry to post so that an order's revoked credits reach their target. */
export type ReversalPosting =
  | { readonly kind: 'none' }
  | { readonly kind: 'revocation'; readonly amountCredits: number }
  | {
      readonly kind: 'reinstatement';
      readonly amountCredits: number;
      /**
       * What each lot gets back of the credits that were taken from it. The rest of the amount was debt, which is
       * reduced first.
       */
      readonly returned: readonly LotChange[];
    };

/**
 * Returns a paid order with the provider's reversal applied, and the difference to post. The caller records the lot
 * changes of a revocation with {@link withTakenLots}.
 */
export function orderAfterReversal(
  order: PaidOrder,
  truth: PaymentReversal,
  now: IsoTime,
): { readonly order: PaidOrder; readonly posting: ReversalPosting } {
  const before = order.reversal ?? NO_REVERSAL;
  const revokedCredits = revocationTarget(order.credits, truth);
  const posting = postingFor(before, revokedCredits - before.revokedCredits);
  const returned = posting.kind === 'reinstatement' ? posting.returned : [];
  const reversal: OrderReversal = {
    refundedAmountMinor: truth.refundedAmountMinor,
    disputedAmountMinor: truth.disputedAmountMinor,
    revokedCredits,
    takenLots: leftOfTaken(before.takenLots, returned),
    version: before.version + 1,
  };
  const status = statusOf(truth);
  const isNews =
    status !== order.status ||
    truth.refundedAmountMinor !== before.refundedAmountMinor ||
    truth.disputedAmountMinor !== before.disputedAmountMinor;
  return { order: { ...order, status, reversal, updatedAt: isNews ? now : order.updatedAt }, posting };
}

function postingFor(before: OrderReversal, difference: number): ReversalPosting {
  if (difference === 0) return { kind: 'none' };
  if (difference > 0) return { kind: 'revocation', amountCredits: difference };
  const amountCredits = -difference;
  const takenCredits = before.takenLots.reduce((sum, change) => sum - change.deltaCredits, 0);
  const owedCredits = before.revokedCredits - takenCredits;
  const returned = giveBack(before.takenLots, Math.max(0, amountCredits - owedCredits));
  return { kind: 'reinstatement', amountCredits, returned };
}

/** Returns the order with the credits that a revocation took from each lot. */
export function withTakenLots(order: PaidOrder, taken: readonly LotChange[]): PaidOrder {
  const reversal = order.reversal ?? NO_REVERSAL;
  return { ...order, reversal: { ...reversal, takenLots: mergeTaken(reversal.takenLots, taken) } };
}
