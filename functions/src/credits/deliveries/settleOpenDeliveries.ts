import { addSeconds, hasLapsed, type IsoTime, sweep } from '@cloud-bridge/base';
import { deliveriesNotConfigured } from './deliveries.errors.ts';
import { type Delivery, HOLD_RESERVE_SECONDS, isGivenUp, isOpen, nextCheckAfter, type Verdict } from './delivery.ts';
import type { DeliveriesNeeds } from './needs.ts';
import { extendHold, postponeDelivery, settleDelivery } from './settleDelivery.ts';
import type { DeliveryUpstream } from './upstream/upstream.ts';
import { verdictOfCheck, verdictOfGivingUp } from './verdict.ts';

/** How long the service may take to say what became of a delivery. */
const CHECK_MS = 5_000;

/**
 * Asks about what requests left open, because they crashed or had no answer, and settles it; says how many were moved.
 * What the scheduled function does.
 * @throws DELIVERIES_NOT_CONFIGURED, WALLET_BUSY
 */
export async function settleOpenDeliveries(deps: DeliveriesNeeds): Promise<number> {
  if (!deps.upstream) return 0;
  const now = deps.clock();
  return sweep(
    deps.logger,
    (limit, offset) => deps.deliveries.listDue(now, { limit, offset }),
    async (delivery) => (await settleIfDue(deps, delivery)).nextCheckAt !== delivery.nextCheckAt,
    ({ accountId, id }) => `${accountId}/${id}`,
  );
}

/**
 * An open delivery as it is after asking the service, if it is time to; any other as it is.
 * @throws DELIVERIES_NOT_CONFIGURED, WALLET_BUSY
 */
export async function settleIfDue(deps: DeliveriesNeeds, delivery: Delivery): Promise<Delivery> {
  const now = deps.clock();
  if (!isOpen(delivery) || !hasLapsed(delivery.nextCheckAt, now)) return delivery;
  if (!deps.upstream) throw deliveriesNotConfigured();
  const verdict = await checkDelivery(deps, deps.upstream, delivery);
  if (verdict) return settleDelivery(deps, delivery, verdict);
  if (isGivenUp(delivery, now)) {
    deps.logger.error('delivery was never confirmed', { accountId: delivery.accountId, deliveryId: delivery.id });
    return settleDelivery(deps, delivery, verdictOfGivingUp(delivery));
  }
  const held = await keepHeld(deps, delivery, now);
  const checks = delivery.checks + 1;
  return postponeDelivery(deps, { ...held, checks }, nextCheckAfter(checks, now));
}

/** Asks the service what became of a delivery; null when that is still not known. */
export async function checkDelivery(
  deps: DeliveriesNeeds,
  upstream: DeliveryUpstream,
  delivery: Delivery,
): Promise<Verdict | null> {
  // Asked before the answer: what the service doesn't know at that moment it doesn't begin later.
  const now = deps.clock();
  const { accountId, id: deliveryId } = delivery;
  const { answer, httpStatus, latencyMs } = await upstream.find(deliveryId, CHECK_MS);
  deps.logger.info('delivery check', { accountId, deliveryId, outcome: answer.type, httpStatus, latencyMs });
  return verdictOfCheck(delivery, answer, now);
}

/** The hold must not end while it isn't known whether it is to be captured. */
async function keepHeld(deps: DeliveriesNeeds, delivery: Delivery, now: IsoTime): Promise<Delivery> {
  if (!hasLapsed(delivery.holdExpiresAt, addSeconds(now, HOLD_RESERVE_SECONDS))) return delivery;
  return { ...delivery, holdExpiresAt: await extendHold(deps, delivery, now) };
}
