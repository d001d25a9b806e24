import { assertNonNegative } from '../shared/credits.ts';
import type { IsoTime } from '../shared/time.ts';
import { giveBack, type LotChange, leftOfTaken, mergeTaken } from '../wallets/lots.ts';
import type { Order, OrderStatus } from './order.ts';

/** How much of a payment has gone back to the payer, as the provider says now; in minor units. */
export interface PaymentReversal {
  /** What was paid. */
  readonly amountMinor: number;
  /** Refunds that succeeded. */
  readonly refundedAmountMinor: number;
  /** Disputes that are open or lost. */
  readonly disputedAmountMinor: number;
}

/** What an order remembers of money that went back, and of the credits that were revoked for it. */
export interface OrderReversal {
  readonly refundedAmountMinor: number;
  readonly disputedAmountMinor: number;
  /** Revoked less reinstated. */
  readonly revokedCredits: number;
  /** What the revocations took from which lots and hasn't been given back; the rest of them was debt. */
  readonly takenLots: readonly LotChange[];
  /**
   * How often the provider's truth has been applied. Every look counts, so that one that asked the provider earlier
   * and comes later finds the order changed, and asks again; and it numbers the ledger entries.
   */
  readonly version: number;
}

export const NO_REVERSAL: OrderReversal = {
  refundedAmountMinor: 0,
  disputedAmountMinor: 0,
  revokedCredits: 0,
  takenLots: [],
  version: 0,
};

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
function statusOf(reversal: PaymentReversal): OrderStatus {
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
  order: Order,
  truth: PaymentReversal,
  now: IsoTime,
): { readonly order: Order; readonly posting: ReversalPosting } {
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
export function withTakenLots(order: Order, taken: readonly LotChange[]): Order {
  const reversal = order.reversal ?? NO_REVERSAL;
  return { ...order, reversal: { ...reversal, takenLots: mergeTaken(reversal.takenLots, taken) } };
}
