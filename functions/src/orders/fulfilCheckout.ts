import type { Deps } from '../deps.ts';
import type { CheckoutTruth } from '../payments/provider.ts';
import { randomId, requestHash } from '../shared/ids.ts';
import type { CreditCommand } from '../wallets/commands.ts';
import type { StagedCommand } from '../wallets/wallets.ts';
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
  return deps.db.runTransaction(async (transaction) => {
    if (await deps.incomingEvents.isMarkedIn(transaction, event)) return { duplicate: true, order: null };
    const order = truth.orderId ? await deps.orders.findIn(transaction, truth.orderId) : null;
    if (!order) {
      deps.incomingEvents.markIn(transaction, { ...event, outcome: 'ignored', orderId: null, handledAt: now });
      return { duplicate: false, order: null };
    }
    assertMatches(order, truth);
    const changed = orderAfter(order, truth.state, now);
    const credited = await stageCredit(order, changed);
    credited.staged?.write();
    if (credited.order !== order) deps.orders.writeIn(transaction, credited.order);
    deps.incomingEvents.markIn(transaction, { ...event, outcome: 'handled', orderId: order.id, handledAt: now });
    return { duplicate: false, order: credited.order };

    async function stageCredit(before: Order, after: Order): Promise<{ order: Order; staged: StagedCommand | null }> {
      if (after.paymentId === null || before.paymentId !== null) return { order: after, staged: null };
      const address = { accountId: after.accountId, walletId: after.walletId };
      const staged = await deps.wallets.stageIn(
        transaction,
        address,
        purchaseOf(after, after.paymentId, now, commandId),
      );
      const { entry } = staged.result;
      return { order: { ...after, entryId: entry.id, balanceAfterCredits: entry.balanceAfterCredits }, staged };
    }
  });
}

function purchaseOf(order: Order, paymentId: string, now: string, commandId: string): CreditCommand {
  return {
    type: 'purchase',
    entryId: `${order.provider}_${paymentId}`,
    commandId,
    requestHash: requestHash([order.id, paymentId]),
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
