import { type IsoTime, randomId, requestHash, runUnitOfWork } from '@cloud-bridge/base';
import { requireTopUpForMicros } from '../../catalog/topUp.ts';
import { isRefused } from '../../platform/errors/refusal.ts';
import { creditOrderIn } from '../orders/creditOrder.ts';
import type { Credited, Deposit, DepositOrder, Order } from '../orders/order.ts';
import { orderEvent } from '../orders/orderEvent.ts';
import { begun } from '../orders/placeOrder.ts';
import { DEPOSIT_PROVIDER } from '../payments/orderProvider.ts';
import { orderIdOf, paymentIdOf } from './deposit.ts';
import type { DepositsNeeds } from './needs.ts';

/** A deposit's order, and whether it had been credited before. */
export interface CreditedDeposit {
  readonly order: DepositOrder;
  readonly replayed: boolean;
}

/**
 * Credits a confirmed deposit: order, wallet, ledger entry and the account's event in one commit. Order and entry have
 * ids of the deposit's own, so it credits once for ever, whoever finds it and however often.
 * @throws AMOUNT_TOO_SMALL or UNKNOWN_CURRENCY (dollars aren't sold), and what the wallet refuses
 */
export async function creditDeposit(
  deps: DepositsNeeds,
  accountId: string,
  deposit: Deposit,
): Promise<CreditedDeposit> {
  const known = depositOrder(await deps.orders.find(orderIdOf(deposit)));
  if (known) return { order: known, replayed: true };
  const product = requireTopUpForMicros(await deps.catalog.current(), deposit.amountMicros);
  const now = deps.clock();
  const commandId = randomId('cmd');
  const paid = paidOrder(accountId, deposit, product, now);
  return runUnitOfWork(deps.db, async (unit) => {
    const existing = depositOrder(await deps.orders.findIn(unit, paid.id));
    if (existing) return { order: existing, replayed: true };
    const order = await creditOrderIn(
      unit,
      deps,
      paid,
      { type: 'purchase', paidBy: paid.paymentId, amountCredits: paid.credits, source: 'purchase', expiresAt: null },
      commandId,
      now,
    );
    deps.orders.createIn(unit, order);
    const news = orderEvent(null, order, now);
    if (news) deps.accountEvents.createIn(unit, news);
    return { order, replayed: false };
  });
}

/** The order of a deposit, before the deposit is credited. */
function paidOrder(
  accountId: string,
  deposit: Deposit,
  product: Pick<DepositOrder, 'credits' | 'unitAmountMinor' | 'currency'>,
  now: IsoTime,
): Omit<DepositOrder, keyof Credited> {
  const identity = { id: orderIdOf(deposit), accountId, requestHash: requestHash(deposit) };
  return {
    ...begun(identity, now),
    kind: 'topup',
    productKey: null,
    productName: 'Top-up',
    ...product,
    method: 'deposit',
    provider: DEPOSIT_PROVIDER,
    deposit,
    status: 'paid',
    paymentId: paymentIdOf(deposit),
    paidAt: now,
  };
}

function depositOrder(order: Order | null): DepositOrder | null {
  return order?.method === 'deposit' ? order : null;
}

/**
 * The same for a deposit that nobody claimed. One that can't be credited (too small, or its wallet is closed) is logged
 * for an operator, and is no reason to stop. Says whether it was credited now.
 * @throws what {@link creditDeposit} throws when the same deposit may be credited later
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
