import { type Catalog, CURRENCIES, type Currency, type Pack } from '../catalog/catalog.ts';
import type { Deps } from '../deps.ts';
import type { AccountCaller } from '../http/caller.ts';
import type { Idempotency } from '../http/idempotency.ts';
import type { Order } from '../orders/order.ts';
import { type OrderDraft, placeOrder } from '../orders/placeOrder.ts';
import { invalidField } from '../shared/appError.ts';
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
  const { order, replayed } = await placeOrder(deps, caller.accountId, idempotency, async () =>
    draftOf(request, await deps.catalog.current(), deps.config.allowedOrigins),
  );
  return { order, checkout: await openCheckout(deps, order), replayed };
}

function draftOf(request: CreateCheckoutRequest, catalog: Catalog, allowedOrigins: readonly string[]): OrderDraft {
  const pack = packOf(catalog, request.pack);
  const currency = currencyOf(pack, request.currency);
  return {
    kind: 'pack',
    method: 'checkout',
    productKey: pack.key,
    productName: `${pack.name} pack`,
    credits: pack.credits,
    unitAmountMinor: pack.unitAmountsMinor[currency] as number,
    currency,
    ...redirectTargets(allowedOrigins, request),
  };
}

function packOf(catalog: Catalog, key: string): Pack {
  const pack = catalog.packs.find((candidate) => candidate.key === key);
  if (pack) return pack;
  throw invalidField('pack', `has to be one of ${catalog.packs.map(({ key }) => key).join(', ')}`, 'UNKNOWN_PACK');
}

function currencyOf(pack: Pack, requested: string): Currency {
  const sold = CURRENCIES.filter((currency) => pack.unitAmountsMinor[currency] !== undefined);
  const currency = sold.find((candidate) => candidate === requested);
  if (currency) return currency;
  throw invalidField('currency', `has to be one of ${sold.join(', ')}`, 'UNKNOWN_CURRENCY');
}
