import { type IsoTime, requestHash, type UnitOfWork } from '@cloud-bridge/base';
import type { CreditCommand } from '@cloud-bridge/ledger';
import type { OrdersNeeds } from './needs.ts';
import type { Credited, Order } from './order.ts';

/** What an order brings, and the provider's payment or invoice that it is brought for. */
export interface OrderCredit extends Pick<CreditCommand, 'type' | 'amountCredits' | 'source' | 'expiresAt'> {
  readonly paidBy: string;
}

/** What the entry says of the order that it credits. */
type Creditable = Pick<Order, 'id' | 'accountId' | 'walletId' | 'provider' | 'productName'>;

/**
 * Adds an order's credits to the unit of work; gives the order with the entry that credited it. The entry's id is that
 * of what paid, so it credits once for ever.
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
