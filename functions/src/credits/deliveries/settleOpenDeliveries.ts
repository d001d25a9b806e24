import { addSeconds, hasLapsed, type IsoTime, sweep } from '@cloud-bridge/base';
import { deliveriesNotConfigured } from './deliveries.errors.ts';
import { type Delivery, HOLD_RESERVE_SECONDS, isGivenUp, isOpen, nextCheckAfter, type Verdict } from './delivery.ts';
import type { DeliveriesNeeds } from './needs.ts';
import { extendHold, postponeDelivery, settleDelivery } from './settleDelivery.ts';
import type { DeliveryUpstream } from './upstream/upstream.ts';
import { verdictOfCheck, verdictOfGivingUp } from './verdict.ts';

/** Milliseconds that the service may take to report an outcome. */
const CHECK_MS = 5_000;

/**
 * Checks and settles the deliveries that requests left open after a crash or without an answer, as a schedule does.
 * Returns the number of deliveries that changed.
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
 * Checks an open delivery with the service if a check is due, and returns its new state; returns other deliveries
 * unchanged.
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

/** Asks the service for the outcome of a delivery; null while the outcome is unknown. */
export async function checkDelivery(
  deps: DeliveriesNeeds,
  upstream: DeliveryUpstream,
  delivery: Delivery,
): Promise<Verdict | null> {
  // Read before the request: a delivery that the service doesn't know at this time won't be begun later.
  const now = deps.clock();
  const { accountId, id: deliveryId } = delivery;
  const { answer, httpStatus, latencyMs } = await upstream.find(deliveryId, CHECK_MS);
  deps.logger.info('delivery check', { accountId, deliveryId, outcome: answer.type, httpStatus, latencyMs });
  return verdictOfCheck(delivery, answer, now);
}

/** Extends the hold if it would lapse soon, because it must last until the outcome is known. */
async function keepHeld(deps: DeliveriesNeeds, delivery: Delivery, now: IsoTime): Promise<Delivery> {
  if (!hasLapsed(delivery.holdExpiresAt, addSeconds(now, HOLD_RESERVE_SECONDS))) return delivery;
  return { ...delivery, holdExpiresAt: await extendHold(deps, delivery, now) };
}
