import { type Catalog, CURRENCIES, type Currency, type Pack } from '../catalog/catalog.ts';
import { ensureCustomer } from '../customers/ensureCustomer.ts';
import type { Deps } from '../deps.ts';
import type { AccountCaller } from '../http/caller.ts';
import { type Idempotency, idempotencyKeyReused } from '../http/idempotency.ts';
import type { Order } from '../orders/order.ts';
import { AppError, invalidField } from '../shared/appError.ts';
import { derivedId, randomId } from '../shared/ids.ts';
import { MAIN_WALLET_ID } from '../wallets/wallet.ts';
import { orderClosed } from './checkout.errors.ts';
import type { CreateCheckoutRequest } from './checkout.schemas.ts';
import { checkRedirectUrl } from './redirectUrl.ts';

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
  const id = idempotency.key ? derivedId('ord', caller.accountId, idempotency.key) : randomId('ord');
  // What was ordered before is answered as it was, whatever has become of the catalog since.
  const known = idempotency.key ? await deps.orders.find(id) : null;
  const draft = known ?? draftOrder(deps, caller, request, await deps.catalog.current(), { id, ...idempotency });
  const order = known ?? (await deps.orders.createOrFind(draft));
  if (order.requestHash !== idempotency.requestHash) throw idempotencyKeyReused();
  const replayed = known !== null || order !== draft;
  if (order.checkout) return { order, checkout: order.checkout, replayed };
  if (order.status !== 'pending') throw orderClosed(order.status);
  const checkout = await openCheckout(deps, order);
  return { order, checkout, replayed };
}

function draftOrder(
  deps: Deps,
  caller: AccountCaller,
  request: CreateCheckoutRequest,
  catalog: Catalog,
  { id, requestHash }: { id: string; requestHash: string },
): Order {
  const pack = packOf(catalog, request.pack);
  const currency = currencyOf(pack, request.currency);
  const now = deps.clock();
  return {
    id,
    accountId: caller.accountId,
    walletId: MAIN_WALLET_ID,
    provider: request.provider,
    kind: 'pack',
    method: 'checkout',
    productKey: pack.key,
    productName: `${pack.name} pack`,
    customerId: null,
    credits: pack.credits,
    unitAmountMinor: pack.unitAmountsMinor[currency] as number,
    currency,
    status: 'pending',
    ...redirectUrls(deps.config.allowedOrigins, request),
    checkout: null,
    paymentId: null,
    entryId: null,
    balanceAfterCredits: null,
    lastPaymentError: null,
    createdAt: now,
    updatedAt: now,
    paidAt: null,
    requestHash,
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

function redirectUrls(allowedOrigins: readonly string[], request: CreateCheckoutRequest) {
  const [home] = allowedOrigins;
  const { successUrl, cancelUrl } = request;
  return {
    successUrl:
      successUrl !== undefined
        ? checkRedirectUrl('successUrl', successUrl, allowedOrigins)
        : `${home}/billing/success?billing=success`,
    cancelUrl:
      cancelUrl !== undefined
        ? checkRedirectUrl('cancelUrl', cancelUrl, allowedOrigins)
        : `${home}/billing/canceled?billing=canceled`,
  };
}

async function openCheckout(deps: Deps, order: Order): Promise<NonNullable<Order['checkout']>> {
  const { accountId, unitAmountMinor, currency, successUrl, cancelUrl } = order;
  if (successUrl === null || cancelUrl === null) throw new Error(`order ${order.id} is not paid on a page`);
  try {
    const customerId = await ensureCustomer(deps, accountId);
    const checkout = await deps.payments.createCheckout({
      orderId: order.id,
      accountId,
      customerId,
      productName: `${order.productName}: ${order.credits} credits`,
      unitAmountMinor,
      currency,
      successUrl,
      cancelUrl,
    });
    const updatedAt = deps.clock();
    const stored = await deps.orders.change(order.id, (current) =>
      current.checkout ? current : { ...current, checkout, customerId, updatedAt },
    );
    return stored.checkout ?? checkout;
  } catch (error) {
    if (error instanceof AppError && error.code === 'PAYMENT_PROVIDER_REFUSED') await failOrder(deps, order.id);
    throw error;
  }
}

/** An order for which the provider will never open a checkout can't be paid any more. */
async function failOrder(deps: Deps, orderId: string): Promise<void> {
  const updatedAt = deps.clock();
  const lastPaymentError = { code: 'checkout_refused', message: 'The payment provider did not accept the checkout.' };
  await deps.orders.change(orderId, (order) =>
    order.status === 'pending' ? { ...order, status: 'failed', lastPaymentError, updatedAt } : order,
  );
}
