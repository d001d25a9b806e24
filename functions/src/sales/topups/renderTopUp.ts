import type * as z from 'zod';
import { renderPrice } from '../../catalog/money.ts';
import type { AnyTopUp } from './topUpBy.ts';
import type { topUpSchema, usdcTopUpSchema } from './topups.schemas.ts';

/** Renders a top-up for the account's owner: a placed order, or the address to send USDC to. */
export function renderTopUp(topUp: AnyTopUp): z.input<typeof topUpSchema> | z.input<typeof usdcTopUpSchema> {
  if (topUp.order === null) return { address: topUp.address, chain: topUp.chain, amount: topUp.amount };
  const { order, checkout } = topUp;
  const { id: orderId, status, credits, unitAmountMinor, currency, paymentId, entryId: transactionId } = order;
  const price = renderPrice(unitAmountMinor, currency);
  const url = checkout?.url ?? null;
  const sessionId = checkout?.sessionId ?? null;
  return { orderId, status, credits, price, url, sessionUrl: url, sessionId, paymentId, transactionId };
}
