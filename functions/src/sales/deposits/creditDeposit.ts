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

/** The order of a deposit; `replayed` is true if it was credited before. */
export interface CreditedDeposit {
  readonly order: DepositOrder;
  readonly replayed: boolean;
}

/**
 * Credits a confirmed deposit: writes order, wallet, ledger entry and the account's event in one commit. The ids of
 * order and entry are derived from the deposit, so it is credited only once, by whichever caller finds it first.
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

/** Returns the order of a deposit, without the fields that crediting adds. */
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
 * Credits an unclaimed deposit. Logs a deposit that can't be credited (too small, or the wallet is closed) for an
 * operator, instead of throwing. Returns true if the deposit was credited by this call.
 * @throws what {@link creditDeposit} throws, if the same deposit may be credited later
 */
export async function creditIfPossible(deps: DepositsNeeds, accountId: string, deposit: Deposit): Promise<boolean> {
  try {
    // Checked before any read for the deposit: one transaction may make thousands of worthless transfers.
    requireTopUpForMicros(await deps.catalog.current(), deposit.amountMicros);
    return !(await creditDeposit(deps, accountId, deposit)).replayed;
  } catch (error) {
    if (!isRefused(error)) throw error;
    deps.logger.error('a deposit was not credited', { accountId, ...deposit, code: error.code });
    return false;
  }
}
