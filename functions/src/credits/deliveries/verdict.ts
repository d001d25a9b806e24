import type { IsoTime } from '@cloud-bridge/base';
import { absentFrom, type Delivery, type DeliveryAttempt, type DeliveryError, type Verdict } from './delivery.ts';
import type { UpstreamRefusal, UpstreamReply, UpstreamState, UpstreamTrouble } from './upstream/upstream.ts';

type Answer = UpstreamState | UpstreamTrouble;

/** Outcomes of requests that certainly had no effect. */
const WITHOUT_EFFECT: readonly Answer['type'][] = ['refused', 'misdirected', 'throttled', 'notSent', 'failed'];
/** Outcomes of requests that the service may still be working on. */
const STILL_AT_WORK: readonly Answer['type'][] = ['timedOut', 'cutOff', 'pending'];

/** True if the same request with the same idempotency key may succeed when it is repeated. */
export function mayGoBetter(answer: Answer): boolean {
  return !['delivered', 'failed', 'pending', 'refused', 'misdirected'].includes(answer.type);
}

/**
 * Decides a delivery's outcome from the answers to all its requests; null when the service has to be asked. A refusal
 * by HTTP status alone proves nothing about an earlier request without a proper answer.
 */
export function verdictOfAnswers(answers: readonly Answer[]): Verdict | null {
  const last = answers.at(-1);
  if (!last) return null;
  if (last.type === 'delivered') return { status: 'delivered', result: last.result };
  if (last.type === 'failed') return refused(last.refusal);
  if (!answers.every(({ type }) => WITHOUT_EFFECT.includes(type))) return null;
  if (last.type === 'refused') return refused(last.refusal);
  return 'refusal' in last ? failed('DELIVERY_FAILED', last.refusal) : null;
}

/**
 * Decides an open delivery's outcome from the service's answer to a check; null while it is unknown. If the service
 * doesn't know the delivery, that proves nothing while a request for it may be on its way.
 */
export function verdictOfCheck(
  delivery: Pick<Delivery, 'status' | 'attempts' | 'expiresAt'>,
  answer: Answer | { readonly type: 'unknown' },
  now: IsoTime,
): Verdict | null {
  if (answer.type === 'delivered') return { status: 'delivered', result: answer.result };
  if (answer.type === 'failed') return refused(answer.refusal);
  if (answer.type !== 'unknown') return null;
  const { attempts } = delivery;
  const isOver = attempts.length > 0 && !attempts.some(({ outcome }) => STILL_AT_WORK.includes(outcome));
  if (!isOver && now < absentFrom(delivery)) return null;
  const last = attempts.at(-1);
  const refusal = last?.refusal ?? { code: 'NEVER_BEGUN', message: 'The service never began it.' };
  return failed(last?.outcome === 'timedOut' ? 'DELIVERY_TIMED_OUT' : 'DELIVERY_FAILED', refusal);
}

/** Returns the verdict on a delivery whose outcome could not be learned for days. */
export function verdictOfGivingUp({ attempts }: Pick<Delivery, 'attempts'>): Verdict {
  const refusal = { code: 'NEVER_CONFIRMED', message: 'The service could not report the outcome for days.' };
  return failed('DELIVERY_FAILED', attempts.at(-1)?.refusal ?? refusal);
}

export function attemptOf({ answer, httpStatus, latencyMs }: UpstreamReply<UpstreamState>): DeliveryAttempt {
  return { outcome: answer.type, httpStatus, latencyMs, refusal: 'refusal' in answer ? answer.refusal : null };
}

/** The service's error code for a delivery that came too late to be begun. */
const EXPIRED = 'DELIVERY_EXPIRED';

function refused(upstream: UpstreamRefusal): Verdict {
  if (upstream.code === EXPIRED) return failed('DELIVERY_TIMED_OUT', upstream);
  const error = { code: 'DELIVERY_REFUSED', message: 'The service refused the delivery.', upstream } as const;
  return { status: 'refused', error };
}

const MESSAGES = {
  DELIVERY_FAILED: 'The delivery could not be made.',
  DELIVERY_TIMED_OUT: 'The service did not answer in time, and has not made the delivery.',
} as const;

function failed(code: keyof typeof MESSAGES, upstream: UpstreamRefusal): Verdict {
  const error: DeliveryError = { code, message: MESSAGES[code], upstream };
  return { status: 'failed', error };
}
