import type { Idempotency } from '@cloud-bridge/base';
import { topUpOf } from '../../catalog/topUp.ts';
import { notFound } from '../../platform/errors/refusal.ts';
import type { AccountCaller } from '../../platform/http/caller.ts';
import { findCustomer } from '../customers/ensureCustomer.ts';
import { openCheckout } from '../orders/openCheckout.ts';
import {
  type CardOrder,
  isCardOrder,
  isPageOrder,
  type Order,
  type OrderCheckout,
  type PageOrder,
} from '../orders/order.ts';
import { orderClosed } from '../orders/orders.errors.ts';
import { payOrder } from '../orders/payOrder.ts';
import { type OrderDraft, placeOrder } from '../orders/placeOrder.ts';
import { listPaymentMethods } from '../paymentMethods/changePaymentMethods.ts';
import { redirectTargets } from '../payments/redirectUrl.ts';
import type { TopupsNeeds } from './needs.ts';
import { paymentMethodRequired, paymentNotMade } from './topups.errors.ts';
import { type OrderedTopUpRequest, TOP_UP_METHOD } from './topups.schemas.ts';

/** The order of a top-up, and how it is paid. */
export interface StartedTopUp {
  readonly order: Order;
  /** The page on which the order is paid; null when a saved card is charged. */
  readonly checkout: OrderCheckout | null;
  readonly replayed: boolean;
}

/**
 * Orders credits for an amount, and opens a payment page or charges a saved card.
 * @throws AMOUNT_TOO_SMALL, UNKNOWN_CURRENCY, INVALID_REQUEST, REDIRECT_NOT_ALLOWED, PAYMENT_METHOD_REQUIRED,
 *   PAYMENT_METHOD_NOT_FOUND, PAYMENT_DECLINED or PAYMENT_AUTHENTICATION_REQUIRED (which says what to do next),
 *   ORDER_CLOSED when the request repeats an order that is closed, TOO_MANY_OPEN_CHECKOUTS, IDEMPOTENCY_KEY_REUSED,
 *   PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function startTopUp(
  deps: TopupsNeeds,
  caller: AccountCaller,
  request: OrderedTopUpRequest,
  idempotency: Idempotency,
): Promise<StartedTopUp> {
  const { accountId } = caller;
  const draft = () => draftOf(deps, accountId, request);
  const { order, replayed } = await placeOrder(deps, accountId, idempotency, isTopUp, draft);
  if (isPageOrder(order)) return { order, checkout: await openCheckout(deps, order), replayed };
  const { order: current, payment } = await payOrder(deps, order);
  const isOnItsWay = current.paymentId !== null || payment?.state.status === 'processing';
  if (current.status === 'canceled') throw orderClosed(current.status);
  if (!isOnItsWay && payment) throw paymentNotMade(order.id, order.direct.paymentMethodId, payment);
  return { order: current, checkout: null, replayed };
}

/** True for an order that is paid on a page or with a saved card. */
function isTopUp(order: Order): order is PageOrder | CardOrder {
  return isPageOrder(order) || isCardOrder(order);
}

async function draftOf(deps: TopupsNeeds, accountId: string, request: OrderedTopUpRequest): Promise<OrderDraft> {
  const product = topUpOf(await deps.catalog.current(), request.amount, request.currency);
  const common = { kind: 'topup', productKey: null, productName: 'Top-up', ...product } as const;
  if (request.method === TOP_UP_METHOD.page) {
    return { ...common, method: 'checkout', ...redirectTargets(deps.config.allowedOrigins, request) };
  }
  const paymentMethodId = await chargeableMethod(deps, accountId, request.paymentMethodId);
  const customerId = await findCustomer(deps, accountId);
  const direct = { paymentMethodId, intentId: null };
  return { ...common, method: 'direct', customerId, direct };
}

/** Returns the id of the account's payment method with the requested id, or of its default method. */
async function chargeableMethod(
  deps: TopupsNeeds,
  accountId: string,
  requestedId: string | undefined,
): Promise<string> {
  const methods = await listPaymentMethods(deps, accountId);
  const method = methods.find(({ id, isDefault }) => (requestedId === undefined ? isDefault : id === requestedId));
  if (method) return method.id;
  throw requestedId === undefined ? paymentMethodRequired() : notFound('PAYMENT_METHOD_NOT_FOUND');
}
