import type { AppError } from '@cloud-bridge/base';
import { refusal } from '../../platform/errors/refusal.ts';
import type { Delivery } from './delivery.ts';

/** 409: this deployment has no service that makes deliveries. */
export function deliveriesNotConfigured(): AppError {
  return refusal(
    'DELIVERIES_NOT_CONFIGURED',
    'This deployment makes no deliveries: DELIVERY_UPSTREAM_URL is not set. Charges work without it.',
  );
}

/** 409: a repeated request, while the first request is still running. */
function deliveryInProgress({ id: deliveryId }: Delivery): AppError {
  return refusal('DELIVERY_IN_PROGRESS', 'The first request with this Idempotency-Key is still running.', {
    details: { deliveryId },
    retryAfterSeconds: 1,
  });
}

/** 504: it isn't known yet whether the delivery was made. */
function deliveryUnconfirmed({ id: deliveryId, amountCredits }: Delivery): AppError {
  return refusal(
    'DELIVERY_UNCONFIRMED',
    'The service has not said whether the delivery was made. Its price stays held until it does; then it is ' +
      'captured or given back. Ask again with the same Idempotency-Key, or get the delivery.',
    { details: { deliveryId, heldCredits: amountCredits }, retryAfterSeconds: 5 },
  );
}

/**
 * Returns the delivery if it was made.
 * @throws DELIVERY_IN_PROGRESS, DELIVERY_UNCONFIRMED, DELIVERY_REFUSED, DELIVERY_FAILED or DELIVERY_TIMED_OUT; then
 * nothing was spent, or not yet
 */
export function requireDelivered(delivery: Delivery): Delivery {
  const { id: deliveryId, status, error } = delivery;
  if (status === 'delivered') return delivery;
  if (status === 'pending') throw deliveryInProgress(delivery);
  if (!error) throw deliveryUnconfirmed(delivery);
  const { code, message, upstream } = error;
  throw refusal(code, `${message} Nothing was spent.`, { details: { deliveryId, upstream } });
}
