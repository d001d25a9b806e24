import type { IsoTime } from '@cloud-bridge/base';
import { type AccountEvent, newEvent } from '../../notices/events/accountEvent.ts';
import { type Order, totalMinorOf } from './order.ts';

/** Returns the event that tells an account of a change of its order; null when the change is nothing to report. */
export function orderEvent(before: Order | null, after: Order, now: IsoTime): AccountEvent | null {
  const { id, accountId } = after;
  if (after.paidAt !== null && (before?.paidAt ?? null) === null) {
    return newEvent({ accountId, type: 'order.paid' }, [id], dataOf(after), now);
  }
  const type = reversalTypeOf(before, after);
  return type && newEvent({ accountId, type }, [id, String(after.reversal?.version)], dataOf(after), now);
}

function reversalTypeOf(before: Order | null, after: Order): 'order.refunded' | 'order.disputed' | null {
  const grew = (field: 'refundedAmountMinor' | 'disputedAmountMinor') =>
    (after.reversal?.[field] ?? 0) > (before?.reversal?.[field] ?? 0);
  if (grew('disputedAmountMinor')) return 'order.disputed';
  return grew('refundedAmountMinor') ? 'order.refunded' : null;
}

function dataOf(order: Order): AccountEvent['data'] {
  return {
    orderId: order.id,
    kind: order.kind,
    status: order.status,
    description: order.productName,
    walletId: order.walletId,
    credits: order.credits,
    paidAmountMinor: totalMinorOf(order),
    currency: order.currency,
    refundedAmountMinor: order.reversal?.refundedAmountMinor ?? 0,
    disputedAmountMinor: order.reversal?.disputedAmountMinor ?? 0,
    revokedCredits: order.reversal?.revokedCredits ?? 0,
  };
}
