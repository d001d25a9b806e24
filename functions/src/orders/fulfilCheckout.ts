import type { Deps } from '../deps.ts';
import type { CheckoutTruth } from '../payments/provider.ts';
import { randomId, requestHash } from '../shared/ids.ts';
import type { IsoTime } from '../shared/time.ts';
import { runUnitOfWork, type UnitOfWork } from '../shared/unitOfWork.ts';
import type { CreditCommand } from '../wallets/commands.ts';
import type { IncomingEvent } from '../webhooks/incoming/incomingEvents.store.ts';
import { type Order, orderAfter } from './order.ts';

/** What a delivery came to. */
export interface Fulfilment {
  readonly duplicate: boolean;
  readonly order: Order | null;
}

/**
 * Brings an order to the state that its checkout has at the provider, and credits it when it is paid: marker, order,
 * wallet and ledger entry in one commit. The entry's id is the payment's, so a payment credits once for ever.
 * Throws an Error when the checkout isn't the order's or its amount isn't: nothing may be credited for that, and the
 * provider's retries keep it in sight.
 */
export async function fulfilCheckout(
  deps: Deps,
  truth: CheckoutTruth,
  event: Pick<IncomingEvent, 'provider' | 'eventId' | 'type'>,
): Promise<Fulfilment> {
  const now = deps.clock();
  const commandId = randomId('cmd');
  return runUnitOfWork(deps.db, async (unit) => {
    if (await deps.incomingEvents.isMarkedIn(unit, event)) return { duplicate: true, order: null };
    const order = truth.orderId ? await deps.orders.findIn(unit, truth.orderId) : null;
    if (!order) {
      deps.incomingEvents.markIn(unit, { ...event, outcome: 'ignored', orderId: null, handledAt: now });
      return { duplicate: false, order: null };
    }
    assertMatches(order, truth);
    const moved = orderAfter(order, truth.state, now);
    const isNewlyPaid = moved.paymentId !== null && order.paymentId === null;
    const changed = isNewlyPaid ? await creditIn(unit, deps, moved, commandId, now) : moved;
    if (changed !== order) deps.orders.writeIn(unit, changed);
    deps.incomingEvents.markIn(unit, { ...event, outcome: 'handled', orderId: order.id, handledAt: now });
    return { duplicate: false, order: changed };
  });
}

/** Adds the purchase to the unit of work; gives the order with the entry that credited it. */
async function creditIn(unit: UnitOfWork, deps: Deps, order: Order, commandId: string, now: IsoTime): Promise<Order> {
  const address = { accountId: order.accountId, walletId: order.walletId };
  const staged = await deps.wallets.stageIn(unit, address, purchaseOf(order, commandId, now));
  staged.write();
  const { id, balanceAfterCredits } = staged.result.entry;
  return { ...order, entryId: id, balanceAfterCredits };
}

function purchaseOf(order: Order, commandId: string, now: IsoTime): CreditCommand {
  return {
    type: 'purchase',
    entryId: `${order.provider}_${order.paymentId}`,
    commandId,
    requestHash: requestHash([order.id, order.paymentId]),
    now,
    amountCredits: order.credits,
    source: 'purchase',
    expiresAt: null,
    description: `${order.packName} pack`,
    orderId: order.id,
  };
}

function assertMatches(order: Order, truth: CheckoutTruth): void {
  const isOurs = order.checkout === null || order.checkout.sessionId === truth.sessionId;
  if (!isOurs) throw new Error(`checkout ${truth.sessionId} is not the one of order ${order.id}`);
  if (truth.unitAmountMinor !== order.unitAmountMinor || truth.currency !== order.currency) {
    throw new Error(`checkout ${truth.sessionId} is over another amount than order ${order.id}`);
  }
}
