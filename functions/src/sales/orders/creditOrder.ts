import { type IsoTime, requestHash, type UnitOfWork } from '@cloud-bridge/base';
import type { CreditCommand } from '@cloud-bridge/ledger';
import type { OrdersNeeds } from './needs.ts';
import type { Credited, Order } from './order.ts';

/** The credits that an order adds to its wallet, and the provider's payment or invoice that paid for them. */
export interface OrderCredit extends Pick<CreditCommand, 'type' | 'amountCredits' | 'source' | 'expiresAt'> {
  readonly paidBy: string;
}

/** The fields of an order that its ledger entry needs. */
type Creditable = Pick<Order, 'id' | 'accountId' | 'walletId' | 'provider' | 'productName'>;

/**
 * Adds an order's credits to the unit of work, and returns the order with the ledger entry that credited it. The
 * entry's id contains the id of the payment or invoice, so each can credit only once.
 * @throws what the wallet refuses
 */
export async function creditOrderIn<O extends Creditable>(
  unit: UnitOfWork,
  deps: OrdersNeeds,
  order: O,
  { paidBy, ...credit }: OrderCredit,
  commandId: string,
  now: IsoTime,
): Promise<O & Credited> {
  const staged = await deps.wallets.stageIn(unit, order, {
    ...credit,
    entryId: `${order.provider}_${paidBy}`,
    commandId,
    requestHash: requestHash([order.id, paidBy]),
    now,
    description: order.productName,
    orderId: order.id,
  });
  staged.write();
  const { id, balanceAfterCredits } = staged.result.entry;
  return { ...order, entryId: id, balanceAfterCredits };
}
