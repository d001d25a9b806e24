import type { Deps } from '../deps.ts';
import type { AccountCaller } from '../http/caller.ts';
import type { Idempotency } from '../http/idempotency.ts';
import type { Order } from '../orders/order.ts';
import { placeOrder } from '../orders/placeOrder.ts';
import { packPurchase } from '../packs/packPurchase.ts';
import type { CreateCheckoutRequest } from './checkout.schemas.ts';
import { openCheckout } from './openCheckout.ts';
import { redirectTargets } from './redirectUrl.ts';

export interface StartedCheckout {
  readonly order: Order;
  readonly checkout: NonNullable<Order['checkout']>;
  readonly replayed: boolean;
}

/**
 * Orders a pack and opens a checkout for it. The order is written first, so that no payment is ever without one.
 * Throws 400 (pack, currency, redirect URLs), 409 (a repetition of an order that is closed), 422 (Idempotency-Key used for something else), 502 or 503 (provider).
 */
export async function startCheckout(
  deps: Deps,
  caller: AccountCaller,
  request: CreateCheckoutRequest,
  idempotency: Idempotency,
): Promise<StartedCheckout> {
  const { order, replayed } = await placeOrder(deps, caller.accountId, idempotency, async () => ({
    ...packPurchase(await deps.catalog.current(), request.pack, request.currency),
    method: 'checkout',
    ...redirectTargets(deps.config.allowedOrigins, request),
  }));
  return { order, checkout: await openCheckout(deps, order), replayed };
}
