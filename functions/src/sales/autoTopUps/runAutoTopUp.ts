import { type IsoTime, randomId, requestHash, runUnitOfWork, type UnitOfWork } from '@cloud-bridge/base';
import { MAIN_WALLET_ID, spendableCredits } from '@cloud-bridge/ledger';
import { isFrozen } from '../../access/accounts/account.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { newEvent } from '../../notices/events/accountEvent.ts';
import { hasCode, isUnavailable } from '../../platform/errors/refusal.ts';
import { findCustomer } from '../customers/ensureCustomer.ts';
import { fulfilCheckout } from '../orders/fulfilCheckout.ts';
import { type CardOrder, isCardOrder, type Order } from '../orders/order.ts';
import { payOrder } from '../orders/payOrder.ts';
import { newOrder } from '../orders/placeOrder.ts';
import { listPaymentMethods } from '../paymentMethods/changePaymentMethods.ts';
import { portOf } from '../payments/providers.ts';
import { type AutoTopUp, begun, fitsCap, isDue, paused, settled } from './autoTopUp.ts';
import type { AutoTopUpsNeeds } from './needs.ts';
import { purchaseOf } from './purchaseOf.ts';

/**
 * Buys what an account wants when its balance is low, and brings an order that is under way to its end. May be called
 * at any time, by any number of instances at once, and again after a crash anywhere in it: the order and the note that
 * it is in flight are one commit, and the provider's idempotency key is the order's id.
 * Throws only when something could not be reached; the next call goes on from there.
 * @throws what {@link payOrder} and {@link fulfilCheckout} throw
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
  if (!purchase) return pause(deps, autoTopUp, 'product_unavailable', 'What should be bought is not sold any more.');
  if (!fitsCap(autoTopUp, purchase.unitAmountMinor, now)) return;
  const method = (await listPaymentMethods(deps, accountId)).find(({ isDefault }) => isDefault);
  if (!method) return pause(deps, autoTopUp, 'payment_method_missing', 'There is no saved card.');
  const payer = { customerId: await findCustomer(deps, accountId), paymentMethodId: method.id };
  await claim(deps, accountId, catalog, payer, now);
  // Asked afresh: whether a commit happened may not have been known, and somebody else may have been faster.
  const claimed = await deps.autoTopUps.find(accountId);
  if (claimed?.inFlight) await finish(deps, accountId, claimed.inFlight.orderId);
}

/** Writes the order together with the note that it is in flight, if it is still due. */
async function claim(
  deps: AutoTopUpsNeeds,
  accountId: string,
  catalog: Catalog,
  { customerId, paymentMethodId }: { customerId: string | null; paymentMethodId: string },
  now: IsoTime,
): Promise<void> {
  // Not counted: after a restore the count would lead to an order that was paid before.
  const id = randomId('ord');
  await runUnitOfWork(deps.db, async (unit) => {
    const autoTopUp = await deps.autoTopUps.findIn(unit, accountId);
    const account = await deps.accounts.findIn(unit, accountId);
    // Read after the note, too: an owner who deletes the account looks for a note that is in flight after saying so.
    if (!account || account.deletedAt || isFrozen(account)) return;
    // The balance is read after the note: whatever an order before this one has credited is in it by now.
    const isStillDue = autoTopUp && isDue(autoTopUp, await availableCredits(deps, accountId, now));
    // The owner may have changed the rule meanwhile.
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

/** Gives what is left to do after it. */
async function finish(deps: AutoTopUpsNeeds, accountId: string, orderId: string): Promise<AutoTopUp | null> {
  const order = await deps.orders.find(orderId);
  if (!order || !isCardOrder(order)) throw new Error(`order ${orderId} is gone`);
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
 * False while an account may not spend, unless a payment is known to exist: then its end is looked for, and no other
 * made.
 */
async function mayGoOn(deps: AutoTopUpsNeeds, { accountId, direct }: CardOrder): Promise<boolean> {
  return direct.intentId !== null || deps.accounts.maySpend(accountId);
}

/** The order after its card was charged, or after it turned out that it won't be. */
async function charge(deps: AutoTopUpsNeeds, order: CardOrder): Promise<Order> {
  try {
    const { order: charged, payment } = await payOrder(deps, order);
    if (payment?.state.status !== 'open') return charged;
    // Nobody is there whom the bank could ask: so it is given up, before somebody confirms it by surprise.
    const givenUp = await portOf(deps, order, 'payments').cancelPayment(payment.paymentId);
    return (await fulfilCheckout(deps, givenUp, null)).order ?? charged;
  } catch (error) {
    if (!hasCode(error) || isUnavailable(error) || hasCode(error, 'PAYMENT_MISMATCH')) throw error;
    // Refused for good, or closed by somebody else: the order says what became of it.
    return (await deps.orders.find(order.id)) ?? order;
  }
}

async function pause(deps: AutoTopUpsNeeds, seen: AutoTopUp, code: string, message: string): Promise<void> {
  const at = deps.clock();
  await deps.autoTopUps.change(
    seen.accountId,
    // Only what was looked at: the owner may have changed it, or somebody else may have begun.
    (before) => (before?.updatedAt === seen.updatedAt ? paused(before, { at, code, message, orderId: null }) : before),
    announcePause(deps),
  );
}

/** Tells the account of a pause, in the commit that makes it. */
function announcePause(deps: AutoTopUpsNeeds) {
  return (unit: UnitOfWork, before: AutoTopUp | null, { accountId, pause }: AutoTopUp): void => {
    if (!pause || before?.pause) return;
    const { at, code, message, orderId } = pause;
    const event = newEvent({ accountId, type: 'auto_topup.failed' }, [at, code], { code, message, orderId }, at);
    deps.accountEvents.createIn(unit, event);
  };
}

/**
 * True when credits were taken back since the owner switched it on. The balance is low because of that, and to buy them
 * again would undo a refund, or charge somebody who disputes having been charged.
 */
async function wasReversed(deps: AutoTopUpsNeeds, { accountId, switchedOnAt }: AutoTopUp): Promise<boolean> {
  const address = { accountId, walletId: MAIN_WALLET_ID };
  const [latest] = await deps.wallets.listEntries(address, { kind: 'revocation', limit: 1 });
  return latest !== undefined && latest.createdAt >= switchedOnAt;
}

async function availableCredits(deps: AutoTopUpsNeeds, accountId: string, now: IsoTime): Promise<number> {
  return spendableCredits(await deps.wallets.read({ accountId, walletId: MAIN_WALLET_ID }, now), now);
}
