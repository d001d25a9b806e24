import type { IsoTime } from '@cloud-bridge/base';
import { absentFrom, type Delivery, type DeliveryAttempt, type DeliveryError, type Verdict } from './delivery.ts';
import type { UpstreamRefusal, UpstreamReply, UpstreamState, UpstreamTrouble } from './upstream/upstream.ts';

type Answer = UpstreamState | UpstreamTrouble;

/** Requests of which it is certain that they did nothing. */
const WITHOUT_EFFECT: readonly Answer['type'][] = ['refused', 'misdirected', 'throttled', 'notSent', 'failed'];
/** Requests that may still be at work at the service. */
const STILL_AT_WORK: readonly Answer['type'][] = ['timedOut', 'cutOff', 'pending'];

/** Whether the same request, with the same idempotency key, may go better the next time. */
export function mayGoBetter(answer: Answer): boolean {
  return !['delivered', 'failed', 'pending', 'refused', 'misdirected'].includes(answer.type);
}

/**
 * What the answers to all requests for one delivery say about it; null when the service has to be asked. A refusal by
 * status alone proves nothing about an earlier request that got no proper answer.
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
 * What the service's word on an open delivery means; null when it is still not known. That the service doesn't know
 * the delivery says nothing as long as a request for it may be on its way.
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

/** The end of a delivery of which the service could not be asked for days. */
export function verdictOfGivingUp({ attempts }: Pick<Delivery, 'attempts'>): Verdict {
  const refusal = { code: 'NEVER_CONFIRMED', message: 'The service could not say for days what became of it.' };
  return failed('DELIVERY_FAILED', attempts.at(-1)?.refusal ?? refusal);
}

export function attemptOf({ answer, httpStatus, latencyMs }: UpstreamReply<UpstreamState>): DeliveryAttempt {
  return { outcome: answer.type, httpStatus, latencyMs, refusal: 'refusal' in answer ? answer.refusal : null };
}

/** What the service calls a delivery that came too late to be begun. */
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
