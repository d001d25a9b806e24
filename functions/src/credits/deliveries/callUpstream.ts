import { backOff, type IsoTime } from '@cloud-bridge/base';
import { absentFrom, type Delivery } from './delivery.ts';
import type { DeliveriesNeeds } from './needs.ts';
import type { DeliveryUpstream, UpstreamReply, UpstreamState } from './upstream/upstream.ts';
import { mayGoBetter } from './verdict.ts';

const MAX_TRIES = 3;
/**
 * The last request ends this long after {@link absentFrom}, so that a missing answer by then proves that nothing was
 * begun.
 */
const MARGIN_MS = 20;
/** Exponent of the first wait, which is about a tenth of a second. */
const FIRST_BACKOFF = 5;

/**
 * Requests a delivery from the service, several times if necessary, with one idempotency key and within the delivery's
 * deadline. Returns the reply to each request.
 */
export async function callUpstream(
  deps: DeliveriesNeeds,
  upstream: DeliveryUpstream,
  delivery: Delivery,
  payload: Readonly<Record<string, unknown>>,
  livemode: boolean,
): Promise<UpstreamReply<UpstreamState>[]> {
  const { id, accountId, operation, recipient, expiresAt } = delivery;
  const order = { id, operation, recipient, payload, livemode, expiresAt };
  const replies: UpstreamReply<UpstreamState>[] = [];
  // One request may take half of the time, so that after a request that hangs there is time for another.
  const longestMs = Math.ceil(millisecondsUntil(expiresAt, delivery.createdAt) / 2);
  while (replies.length < MAX_TRIES) {
    const leftMs = millisecondsUntil(absentFrom(delivery), deps.clock());
    if (leftMs <= 0) break;
    const reply = await upstream.deliver(order, Math.min(leftMs + MARGIN_MS, longestMs));
    replies.push(reply);
    const { answer, httpStatus, latencyMs } = reply;
    const fields = { accountId, deliveryId: id, operation, outcome: answer.type, httpStatus, latencyMs };
    deps.logger.info('delivery attempt', fields);
    if (!mayGoBetter(answer)) break;
    if (replies.length < MAX_TRIES) await backOff(replies.length + FIRST_BACKOFF);
  }
  return replies;
}

function millisecondsUntil(moment: IsoTime, now: IsoTime): number {
  return Date.parse(moment) - Date.parse(now);
}
