import { type IsoTime, randomId, requestHash, runUnitOfWork, type UnitOfWork } from '@cloud-bridge/base';
import { MAIN_WALLET_ID, spendableCredits } from '@cloud-bridge/ledger';
import { isFrozen } from '../../access/accounts/account.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { newEvent } from '../../notices/events/accountEvent.ts';
import { hasCode, isUnavailable } from '../../platform/errors/refusal.ts';
import { findCustomer } from '../customers/ensureCustomer.ts';
import { fulfillOrder } from '../orders/fulfillOrder.ts';
import { type CardOrder, isCardOrder, type Order } from '../orders/order.ts';
import { payOrder } from '../orders/payOrder.ts';
import { newOrder } from '../orders/placeOrder.ts';
import { listPaymentMethods } from '../paymentMethods/changePaymentMethods.ts';
import { portOf } from '../payments/providers.ts';
import { type AutoTopUp, begun, fitsCap, isDue, paused, settled } from './autoTopUp.ts';
import type { AutoTopUpsNeeds } from './needs.ts';
import { purchaseOf } from './purchaseOf.ts';

/**
 * Places an account's automatic top-up order when its balance is low, and brings an order in flight to its end. May be
 * called at any time, by several instances at once, and again after a crash at any point: one commit writes the order
 * and marks it as in flight, and the provider's idempotency key is the order's id. Throws only when the provider or the
 * database can't be reached; the next call continues.
 * @throws what {@link payOrder} and {@link fulfillOrder} throw
 */
export async function runAutoTopUp(deps: AutoTopUpsNeeds, accountId: string): Promise<void> {
  const seen = await deps.autoTopUps.find(accountId);
  const autoTopUp = seen?.inFlight ? await finish(deps, accountId, seen.inFlight.orderId) : seen;
  if (autoTopUp && !autoTopUp.inFlight) await begin(deps, autoTopUp);
}

async function begin(deps: AutoTopUpsNeeds, autoTopUp: AutoTopUp): Promise<void> {
  const { accountId } = autoTopUp;
  const now = deps.clock();
  if (!(await deps.accounts.maySpend(accountId))) return;
  if (!isDue(autoTopUp, await availableCredits(deps, accountId, now))) return;
  if (await wasReversed(deps, autoTopUp)) {
    return pause(deps, autoTopUp, 'payment_reversed', 'A payment was refunded or disputed.');
  }
  const catalog = await deps.catalog.current();
  const purchase = purchaseOf(catalog, autoTopUp);
  if (!purchase) return pause(deps, autoTopUp, 'product_unavailable', 'The product is no longer sold.');
  if (!fitsCap(autoTopUp, purchase.unitAmountMinor, now)) return;
  const method = (await listPaymentMethods(deps, accountId)).find(({ isDefault }) => isDefault);
  if (!method) return pause(deps, autoTopUp, 'payment_method_missing', 'There is no saved card.');
  const payer = { customerId: await findCustomer(deps, accountId), paymentMethodId: method.id };
  await claim(deps, accountId, catalog, payer, now);
  // Read again, because the outcome of the commit may be unknown, and another instance may have committed first.
  const claimed = await deps.autoTopUps.find(accountId);
  if (claimed?.inFlight) await finish(deps, accountId, claimed.inFlight.orderId);
}

/** Stores the order and marks it as in flight in one commit, if it is still due. */
async function claim(
  deps: AutoTopUpsNeeds,
  accountId: string,
  catalog: Catalog,
  { customerId, paymentMethodId }: { customerId: string | null; paymentMethodId: string },
  now: IsoTime,
): Promise<void> {
  // A random id, not one made from the order count: after a database restore the count would name an order that was
  // paid before.
  const id = randomId('ord');
  await runUnitOfWork(deps.db, async (unit) => {
    const autoTopUp = await deps.autoTopUps.findIn(unit, accountId);
    const account = await deps.accounts.findIn(unit, accountId);
    // The account is read after its automatic top-up. An owner who deletes the account marks it as deleted first and
    // then looks for an order in flight, so one of the two sees the other.
    if (!account || account.deletedAt || isFrozen(account)) return;
    // The balance is read after the automatic top-up, so it contains the credits of all earlier orders.
    const isStillDue = autoTopUp && isDue(autoTopUp, await availableCredits(deps, accountId, now));
    const purchase = isStillDue ? purchaseOf(catalog, autoTopUp) : null;
    if (!isStillDue || !purchase || !fitsCap(autoTopUp, purchase.unitAmountMinor, now)) return;
    const order = newOrder(
      { ...purchase, method: 'automatic', customerId, direct: { paymentMethodId, intentId: null } },
      { id, accountId, requestHash: requestHash(['automatic top-up', id]) },
      now,
    );
    deps.orders.createIn(unit, order);
    deps.autoTopUps.writeIn(unit, begun(autoTopUp, order, now));
  });
}

/** Brings the order in flight to its end, and returns the automatic top-up after that. */
async function finish(deps: AutoTopUpsNeeds, accountId: string, orderId: string): Promise<AutoTopUp | null> {
  const order = await deps.orders.find(orderId);
  if (!order || !isCardOrder(order)) throw new Error(`order ${orderId} does not exist or charges no card`);
  const current: Order = order.status === 'pending' && (await mayGoOn(deps, order)) ? await charge(deps, order) : order;
  const now = deps.clock();
  const after = await deps.autoTopUps.change(
    accountId,
    (before) => before && settled(before, current, now),
    announcePause(deps),
  );
  if (after?.pause?.orderId === orderId) {
    deps.logger.info('automatic top-up paused', { accountId, orderId, code: after.pause.code });
  }
  return after;
}

/**
 * True when the account may spend, or when the payment is known to exist: then no new charge is made, and the existing
 * payment is brought to its end.
 */
async function mayGoOn(deps: AutoTopUpsNeeds, { accountId, direct }: CardOrder): Promise<boolean> {
  return direct.intentId !== null || deps.accounts.maySpend(accountId);
}

/** Charges the order's saved card. Returns the order as it stands then, also when the charge was refused. */
async function charge(deps: AutoTopUpsNeeds, order: CardOrder): Promise<Order> {
  try {
    const { order: charged, payment } = await payOrder(deps, order);
    if (payment?.state.status !== 'open') return charged;
    // The bank wants a confirmation, but the customer is absent. Canceling the payment prevents an unexpected
    // confirmation later.
    const givenUp = await portOf(deps, order, 'payments').cancelPayment(payment.paymentId);
    return (await fulfillOrder(deps, givenUp, null)).order ?? charged;
  } catch (error) {
    if (!hasCode(error) || isUnavailable(error) || hasCode(error, 'PAYMENT_MISMATCH')) throw error;
    // The charge was refused for good, or another process closed the order; the stored order tells the outcome.
    return (await deps.orders.find(order.id)) ?? order;
  }
}

async function pause(deps: AutoTopUpsNeeds, seen: AutoTopUp, code: string, message: string): Promise<void> {
  const at = deps.clock();
  await deps.autoTopUps.change(
    seen.accountId,
    // Pauses only the state that was checked: the owner may have changed it, or another instance may have placed an
    // order.
    (before) => (before?.updatedAt === seen.updatedAt ? paused(before, { at, code, message, orderId: null }) : before),
    announcePause(deps),
  );
}

/** Returns a function that adds the account's event about a new pause to the commit. */
function announcePause(deps: AutoTopUpsNeeds) {
  return (unit: UnitOfWork, before: AutoTopUp | null, { accountId, pause }: AutoTopUp): void => {
    if (!pause || before?.pause) return;
    const { at, code, message, orderId } = pause;
    const event = newEvent({ accountId, type: 'auto_topup.failed' }, [at, code], { code, message, orderId }, at);
    deps.accountEvents.createIn(unit, event);
  };
}

/**
 * True when credits were revoked since the owner switched it on. The revocation made the balance low, and buying the
 * credits again would undo a refund, or charge a person who disputes a charge.
 */
async function wasReversed(deps: AutoTopUpsNeeds, { accountId, switchedOnAt }: AutoTopUp): Promise<boolean> {
  const address = { accountId, walletId: MAIN_WALLET_ID };
  const [latest] = await deps.wallets.listEntries(address, { kind: 'revocation', limit: 1 });
  return latest !== undefined && latest.createdAt >= switchedOnAt;
}

async function availableCredits(deps: AutoTopUpsNeeds, accountId: string, now: IsoTime): Promise<number> {
  return spendableCredits(await deps.wallets.read({ accountId, walletId: MAIN_WALLET_ID }, now), now);
}
