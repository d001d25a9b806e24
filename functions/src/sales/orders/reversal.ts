import { assertNonNegative, type IsoTime } from '@cloud-bridge/base';
import { giveBack, type LotChange, leftOfTaken, mergeTaken } from '@cloud-bridge/ledger';
import type { PaymentReversal } from '../payments/refundProvider.ts';
import { NO_REVERSAL, type OrderReversal, type PaidOrder } from './order.ts';

/**
 * Credits that have to be revoked in all for what has gone back of a payment: the same share of the credits as of the
 * money, rounded down to a whole credit, in the payer's favour. All the money is exactly all the credits, and what went
 * back twice (refunded and disputed) counts once.
 */
export function revocationTarget(credits: number, reversal: PaymentReversal): number {
  const amount = assertNonNegative(reversal.amountMinor, 'amount of a payment');
  const gone =
    assertNonNegative(reversal.refundedAmountMinor, 'refunded amount') +
    assertNonNegative(reversal.disputedAmountMinor, 'disputed amount');
  if (gone === 0 || amount === 0) return 0;
  if (gone >= amount) return credits;
  // The product may be beyond what a number holds exactly.
  return Number((BigInt(credits) * BigInt(gone)) / BigInt(amount));
}

/** The status of a paid order; a dispute outweighs refunds, as long as it is open and for good when it was lost. */
function statusOf(reversal: PaymentReversal): PaidOrder['status'] {
  if (reversal.disputedAmountMinor > 0) return 'disputed';
  if (reversal.refundedAmountMinor === 0) return 'paid';
  return reversal.refundedAmountMinor >= reversal.amountMinor ? 'refunded' : 'partially_refunded';
}

/** What has to be posted so that an order's revoked credits meet their target; `order` is still without the posting. */
export type ReversalPosting =
  | { readonly kind: 'none' }
  | { readonly kind: 'revocation'; readonly amountCredits: number }
  | {
      readonly kind: 'reinstatement';
      readonly amountCredits: number;
      /** Lots that get back what was taken from them; the rest was debt, and is paid first. */
      readonly returned: readonly LotChange[];
    };

/**
 * A paid order as the provider's truth makes it, and the difference to post. The posting's own lot changes are noted
 * with {@link withTakenLots}.
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

/** The order with what a revocation took from lots. */
export function withTakenLots(order: PaidOrder, taken: readonly LotChange[]): PaidOrder {
  const reversal = order.reversal ?? NO_REVERSAL;
  return { ...order, reversal: { ...reversal, takenLots: mergeTaken(reversal.takenLots, taken) } };
}
