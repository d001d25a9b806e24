import { randomId, requestHash, runUnitOfWork } from '@cloud-bridge/base';
import { requireTopUpForMicros } from '../../catalog/topUp.ts';
import { isRefused } from '../../platform/errors/refusal.ts';
import { creditOrderIn } from '../orders/creditOrder.ts';
import { type Deposit, type Order, orderAfter } from '../orders/order.ts';
import { orderEvent } from '../orders/orderEvent.ts';
import { newOrder } from '../orders/placeOrder.ts';
import { DEPOSIT_PROVIDER } from '../payments/orderProvider.ts';
import { orderIdOf, paymentIdOf } from './deposit.ts';
import type { DepositsNeeds } from './needs.ts';

/** A deposit's order, and whether it had been credited before. */
export interface CreditedDeposit {
  readonly order: Order;
  readonly replayed: boolean;
}

/**
 * Credits a confirmed deposit: order, wallet, ledger entry and the account's event in one commit. Order and entry have
 * ids of the deposit's own, so it credits once for ever, whoever finds it and however often.
 * @throws AppError 400 `AMOUNT_TOO_SMALL` or `UNKNOWN_CURRENCY` (dollars aren't sold), and what the wallet refuses
 */
export async function creditDeposit(
  deps: DepositsNeeds,
  accountId: string,
  deposit: Deposit,
): Promise<CreditedDeposit> {
  const known = await deps.orders.find(orderIdOf(deposit));
  if (known) return { order: known, replayed: true };
  const product = requireTopUpForMicros(await deps.catalog.current(), deposit.amountMicros);
  const now = deps.clock();
  const commandId = randomId('cmd');
  const paymentId = paymentIdOf(deposit);
  const identity = { id: orderIdOf(deposit), accountId, requestHash: requestHash(deposit) };
  const draft = { kind: 'topup', method: 'deposit', productKey: null, productName: 'Top-up' } as const;
  const pending: Order = {
    ...newOrder({ ...draft, ...product, successUrl: null, cancelUrl: null }, identity, now),
    provider: DEPOSIT_PROVIDER,
    deposit,
  };
  const paid = orderAfter(pending, { status: 'paid', paymentId }, now);
  return runUnitOfWork(deps.db, async (unit) => {
    const existing = await deps.orders.findIn(unit, paid.id);
    if (existing) return { order: existing, replayed: true };
    const order = await creditOrderIn(
      unit,
      deps,
      paid,
      { type: 'purchase', paidBy: paymentId, amountCredits: paid.credits, source: 'purchase', expiresAt: null },
      commandId,
      now,
    );
    deps.orders.createIn(unit, order);
    const news = orderEvent(null, order, now);
    if (news) deps.accountEvents.createIn(unit, news);
    return { order, replayed: false };
  });
}

/**
 * The same for a deposit that nobody claimed. One that can't be credited (too small, or its wallet is closed) is logged
 * for an operator, and is no reason to stop. Says whether it was credited now.
 */
export async function creditIfPossible(deps: DepositsNeeds, accountId: string, deposit: Deposit): Promise<boolean> {
  try {
    // Before anything is read for it: one transaction may make thousands of transfers that are worth nothing.
    requireTopUpForMicros(await deps.catalog.current(), deposit.amountMicros);
    return !(await creditDeposit(deps, accountId, deposit)).replayed;
  } catch (error) {
    if (!isRefused(error)) throw error;
    deps.logger.error('a deposit was not credited', { accountId, ...deposit, code: error.code });
    return false;
  }
}
