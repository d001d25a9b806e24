import { addSeconds, derivedId, type IsoTime } from '@cloud-bridge/base';
import { type AccountEvent, payloadOf } from '../events/accountEvent.ts';
import { LEASE_SECONDS } from './waitingLine.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** How long after each failed attempt the next one is made: ten attempts in three days. */
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
/** Whoever waits in line is called by an attempt that ends; this is when the sweep makes good that nobody called. */
const MAX_WAIT_SECONDS = HOUR;
/** Attempts that are kept of a delivery. */
const MAX_LOGGED_ATTEMPTS = 20;
/** Requests for sending it again that are remembered. */
const MAX_RESEND_KEYS = 20;

export const DELIVERY_STATUSES = ['pending', 'succeeded', 'failed', 'canceled'] as const;

/** What came of one request to a receiver. */
export interface Attempt {
  readonly at: IsoTime;
  /** The status of the answer; null when there was none. */
  readonly httpStatus: number | null;
  readonly latencyMs: number;
  /** How the answer begins. */
  readonly responseExcerpt: string;
  /** Why it doesn't count as delivered; null when it does. */
  readonly error: string | null;
}

/** One event on its way to one endpoint. */
export interface WebhookDelivery {
  readonly id: string;
  readonly accountId: string;
  readonly endpointId: string;
  readonly eventId: string;
  readonly type: AccountEvent['type'];
  /** What is sent: the same bytes with every attempt. */
  readonly body: string;
  readonly status: (typeof DELIVERY_STATUSES)[number];
  /** The latest ones, oldest first. */
  readonly attempts: readonly Attempt[];
  /** Attempts since it was made, or sent again by hand. */
  readonly tries: number;
  /** While it is pending; what the sweeper looks for. */
  readonly nextAttemptAt: IsoTime | null;
  /** Only while it is due and waits in line, because too many attempts of its account are under way. */
  readonly waitingSince?: IsoTime;
  /** The latest requests that had it sent again, by ids that derive from their Idempotency-Keys. */
  readonly resentByKeys?: readonly string[];
  readonly createdAt: IsoTime;
}

/** An event for an endpoint, to be sent at once. */
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

/** True when it is time for an attempt. */
export function isDue({ nextAttemptAt, waitingSince }: WebhookDelivery, now: IsoTime): boolean {
  return nextAttemptAt !== null && (nextAttemptAt <= now || waitingSince !== undefined);
}

/** With an attempt under way: nobody makes another meanwhile; after a crash in it, the sweep makes it good. */
export function leased(delivery: WebhookDelivery, now: IsoTime): WebhookDelivery {
  return { ...outOfLine(delivery), nextAttemptAt: addSeconds(now, LEASE_SECONDS) };
}

/** Waiting in line; who waits already keeps the place. */
export function waiting(delivery: WebhookDelivery, now: IsoTime): WebhookDelivery {
  const { waitingSince = now } = delivery;
  return { ...delivery, waitingSince, nextAttemptAt: addSeconds(now, MAX_WAIT_SECONDS) };
}

function outOfLine({ waitingSince: _since, ...delivery }: WebhookDelivery): WebhookDelivery {
  return delivery;
}

/** After an attempt: done, to be tried again, or given up. */
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

/** Not to be sent any more, because the endpoint is disabled or gone. */
export function canceled(delivery: WebhookDelivery): WebhookDelivery {
  return { ...outOfLine(delivery), status: 'canceled', nextAttemptAt: null };
}

/**
 * To be sent again at once, with all retries. A repeated request changes nothing; nor does one while the first attempt
 * is still to come, but that it is remembered.
 */
export function resent(delivery: WebhookDelivery, requestKey: string | null, now: IsoTime): WebhookDelivery {
  if (isResend(delivery, requestKey)) return delivery;
  const resentByKeys = [...(delivery.resentByKeys ?? []), ...(requestKey === null ? [] : [requestKey])];
  const noted = { ...delivery, resentByKeys: resentByKeys.slice(-MAX_RESEND_KEYS) };
  if (delivery.status === 'pending' && delivery.tries === 0) return requestKey === null ? delivery : noted;
  return { ...outOfLine(noted), status: 'pending', tries: 0, nextAttemptAt: now };
}

/** True when this request has had it sent again before. */
export function isResend({ resentByKeys }: WebhookDelivery, requestKey: string | null): boolean {
  return requestKey !== null && (resentByKeys ?? []).includes(requestKey);
}
