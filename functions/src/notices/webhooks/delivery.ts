/** A webhook delivery, one event for one endpoint, and the pure rules of its attempts. */

import { addSeconds, derivedId, type IsoTime } from '@cloud-bridge/base';
import { type AccountEvent, payloadOf } from '../events/accountEvent.ts';
import { LEASE_SECONDS } from './waitingLine.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** Seconds from each failed attempt to the next attempt: ten attempts in three days. */
export const RETRY_SECONDS = [
  5,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  20 * HOUR,
];
/** A waiting delivery starts when another attempt ends. If that call is lost, the sweep starts it after this time. */
const MAX_WAIT_SECONDS = HOUR;
/** Number of latest attempts that a delivery keeps. */
const MAX_LOGGED_ATTEMPTS = 20;
/** Number of latest resend requests that a delivery remembers. */
const MAX_RESEND_KEYS = 20;

export const DELIVERY_STATUSES = ['pending', 'succeeded', 'failed', 'canceled'] as const;

/** The result of one request to a receiver. */
export interface Attempt {
  readonly at: IsoTime;
  /** HTTP status of the response; null when there was no response. */
  readonly httpStatus: number | null;
  readonly latencyMs: number;
  /** The beginning of the response's body. */
  readonly responseExcerpt: string;
  /** Why the attempt failed; null when it succeeded. */
  readonly error: string | null;
}

/** One event for one endpoint, with its attempts. */
export interface WebhookDelivery {
  readonly id: string;
  readonly accountId: string;
  readonly endpointId: string;
  readonly eventId: string;
  readonly type: AccountEvent['type'];
  /** The request's body: the same bytes in every attempt. */
  readonly body: string;
  readonly status: (typeof DELIVERY_STATUSES)[number];
  /** The latest attempts, oldest first. */
  readonly attempts: readonly Attempt[];
  /** Number of attempts since the delivery was created or last resent by hand. */
  readonly tries: number;
  /** When the next attempt is due; null unless the delivery is pending. The sweep looks for this field. */
  readonly nextAttemptAt: IsoTime | null;
  /** Present while the delivery is due but waits, because its account has too many attempts under way. */
  readonly waitingSince?: IsoTime;
  /** Ids of the latest resend requests, derived from their Idempotency-Keys. */
  readonly resentByKeys?: readonly string[];
  readonly createdAt: IsoTime;
}

/** Creates the delivery of an event to an endpoint, with its first attempt due now. */
export function newDelivery(event: AccountEvent, endpointId: string, now: IsoTime): WebhookDelivery {
  return {
    id: derivedId('dlv', event.id, endpointId),
    accountId: event.accountId,
    endpointId,
    eventId: event.id,
    type: event.type,
    body: payloadOf(event),
    status: 'pending',
    attempts: [],
    tries: 0,
    nextAttemptAt: now,
    createdAt: now,
  };
}

/** Returns true when an attempt is due at a moment. */
export function isDue({ nextAttemptAt, waitingSince }: WebhookDelivery, now: IsoTime): boolean {
  return nextAttemptAt !== null && (nextAttemptAt <= now || waitingSince !== undefined);
}

/**
 * Returns the delivery with an attempt under way. No other attempt is due during the lease; if the attempt crashes, the
 * sweep repeats it after the lease.
 */
export function leased(delivery: WebhookDelivery, now: IsoTime): WebhookDelivery {
  return { ...outOfLine(delivery), nextAttemptAt: addSeconds(now, LEASE_SECONDS) };
}

/** Returns the delivery waiting in line. A delivery that already waits keeps its place. */
export function waiting(delivery: WebhookDelivery, now: IsoTime): WebhookDelivery {
  const { waitingSince = now } = delivery;
  return { ...delivery, waitingSince, nextAttemptAt: addSeconds(now, MAX_WAIT_SECONDS) };
}

function outOfLine({ waitingSince: _since, ...delivery }: WebhookDelivery): WebhookDelivery {
  return delivery;
}

/** Returns the delivery after an attempt: succeeded, pending with another attempt scheduled, or failed. */
export function attempted(delivery: WebhookDelivery, attempt: Attempt): WebhookDelivery {
  const wait = RETRY_SECONDS[delivery.tries];
  const isPending = attempt.error !== null && wait !== undefined;
  return {
    ...delivery,
    attempts: [...delivery.attempts, attempt].slice(-MAX_LOGGED_ATTEMPTS),
    tries: delivery.tries + 1,
    status: attempt.error === null ? 'succeeded' : isPending ? 'pending' : 'failed',
    nextAttemptAt: isPending ? addSeconds(attempt.at, wait) : null,
  };
}

/** Returns the delivery canceled, because its endpoint is disabled or deleted. */
export function canceled(delivery: WebhookDelivery): WebhookDelivery {
  return { ...outOfLine(delivery), status: 'canceled', nextAttemptAt: null };
}

/**
 * Returns the delivery due at once, with a full set of retries. A repeated request changes nothing. A request before
 * the first attempt is only remembered, because that attempt is due anyway.
 */
export function resent(delivery: WebhookDelivery, requestKey: string | null, now: IsoTime): WebhookDelivery {
  if (isResend(delivery, requestKey)) return delivery;
  const resentByKeys = [...(delivery.resentByKeys ?? []), ...(requestKey === null ? [] : [requestKey])];
  const noted = { ...delivery, resentByKeys: resentByKeys.slice(-MAX_RESEND_KEYS) };
  if (delivery.status === 'pending' && delivery.tries === 0) return requestKey === null ? delivery : noted;
  return { ...outOfLine(noted), status: 'pending', tries: 0, nextAttemptAt: now };
}

/** Returns true when the request has resent the delivery before. */
export function isResend({ resentByKeys }: WebhookDelivery, requestKey: string | null): boolean {
  return requestKey !== null && (resentByKeys ?? []).includes(requestKey);
}
