import { addSeconds, derivedId, type IsoTime, randomId, requestHash, runUnitOfWork } from '@cloud-bridge/base';
import { expireHold } from '@cloud-bridge/ledger';
import { hasCode } from '../../platform/errors/refusal.ts';
import { type Delivery, HOLD_SECONDS, isLive, isOpen, type Verdict } from './delivery.ts';
import type { DeliveriesNeeds } from './needs.ts';

/**
 * Ends a delivery: captures or releases its hold, then writes the delivery with its cost and counts it for its
 * integration in one commit. A concurrent second call returns the delivery that the first call wrote.
 * @throws WALLET_BUSY
 */
export async function settleDelivery(deps: DeliveriesNeeds, delivery: Delivery, verdict: Verdict): Promise<Delivery> {
  const now = deps.clock();
  const spentCredits = await endHold(deps, delivery, verdict, now);
  return runUnitOfWork(deps.db, async (unit) => {
    const current = await deps.deliveries.findIn(unit, delivery);
    if (!isOpen(current)) return current;
    const settled: Delivery = {
      ...current,
      attempts: delivery.attempts,
      checks: delivery.checks,
      status: verdict.status,
      spentCredits,
      error: verdict.status === 'delivered' ? null : verdict.error,
      resultJson: verdict.status === 'delivered' ? JSON.stringify(verdict.result ?? null) : null,
      settledAt: now,
      nextCheckAt: null,
    };
    deps.deliveries.updateIn(unit, settled);
    if (isLive(settled)) deps.integrations.countIn(unit, settled);
    return settled;
  });
}

/** Marks a delivery as unconfirmed, and sets the time of the next check. */
export async function postponeDelivery(
  deps: DeliveriesNeeds,
  delivery: Delivery,
  nextCheckAt: IsoTime,
): Promise<Delivery> {
  return runUnitOfWork(deps.db, async (unit) => {
    const current = await deps.deliveries.findIn(unit, delivery);
    if (!isOpen(current)) return current;
    const { attempts, checks, holdExpiresAt } = delivery;
    const next: Delivery = { ...current, status: 'unconfirmed', attempts, checks, holdExpiresAt, nextCheckAt };
    deps.deliveries.updateIn(unit, next);
    return next;
  });
}

/**
 * Extends the hold and returns its new deadline; null if there is no open hold.
 * @throws WALLET_BUSY
 */
export async function extendHold(deps: DeliveriesNeeds, delivery: Delivery, now: IsoTime): Promise<IsoTime | null> {
  const { id, accountId, walletId, chargeId, checks } = delivery;
  if (chargeId === null) return null;
  const entryId = derivedId('txn', 'delivery extension', id, String(checks));
  const expiresAt = addSeconds(now, HOLD_SECONDS);
  try {
    const command = { ...commandOf(delivery, entryId, now), type: 'extend', chargeId, expiresAt } as const;
    const { entry } = await deps.wallets.submit({ accountId, walletId }, command);
    return entry.extendedHoldExpiresAt;
  } catch (error) {
    if (!hasCode(error, 'CHARGE_NOT_HELD')) throw error;
    return null;
  }
}

/**
 * Captures or releases the hold, and returns the spent credits. Both commands share one entry id, so a second call gets
 * the first call's settlement.
 */
async function endHold(deps: DeliveriesNeeds, delivery: Delivery, { status }: Verdict, now: IsoTime): Promise<number> {
  const { id, accountId, walletId, chargeId } = delivery;
  if (chargeId === null) return 0;
  const base = { ...commandOf(delivery, derivedId('txn', 'delivery end', id), now), chargeId };
  const command =
    status === 'delivered'
      ? ({ ...base, type: 'capture', amountCredits: null } as const)
      : ({ ...base, type: 'release' } as const);
  try {
    const { entry } = await deps.wallets.submit({ accountId, walletId }, command);
    const isAsMeant = entry.kind === (status === 'delivered' ? 'capture' : 'release');
    if (!isAsMeant) deps.logger.error('delivery had another end before', { accountId, deliveryId: id, status });
    return entry.consumedCredits;
  } catch (error) {
    if (!hasCode(error, 'CHARGE_NOT_HELD')) throw error;
    // The hold has lapsed, which takes an outage of hours. The operator bears the loss; the customer isn't charged
    // later.
    deps.logger.error('delivery ended without its hold', { accountId, deliveryId: id, status });
    await expireHold(deps, { id: chargeId, accountId, walletId }, now);
    return 0;
  }
}

function commandOf({ id, apiKeyId }: Delivery, entryId: string, now: IsoTime) {
  return {
    entryId,
    commandId: randomId('cmd'),
    requestHash: requestHash(['delivery', id]),
    now,
    apiKeyId: apiKeyId ?? undefined,
    deliveryId: id,
  };
}
