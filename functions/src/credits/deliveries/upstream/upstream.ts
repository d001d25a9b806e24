import type { IsoTime } from '@cloud-bridge/base';

/** A delivery as it is requested from the service. */
export interface UpstreamOrder {
  /** Also the idempotency key: the service makes a delivery once, however often it is requested. */
  readonly id: string;
  readonly operation: string;
  readonly recipient: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
  /** False for deliveries of test keys. */
  readonly livemode: boolean;
  /**
   * The time from which the service must not begin the delivery. A delivery that it doesn't know by then was never
   * made.
   */
  readonly expiresAt: IsoTime;
}

/** The service's reason for a refusal, in its own words. */
export interface UpstreamRefusal {
  readonly code: string;
  readonly message: string;
}

/** The service's statement on a delivery. */
export type UpstreamState =
  | { readonly type: 'delivered'; readonly result: unknown }
  | { readonly type: 'failed'; readonly refusal: UpstreamRefusal }
  | { readonly type: 'pending' };

/**
 * The outcome of a request without the service's statement on the delivery:
 * - `refused`: a 4xx, which has no effect
 * - `misdirected`: a 4xx about this deployment rather than the delivery
 * - `throttled`: a 429, a refusal for now
 * - `notSent`: the request was never sent
 * - `brokenAnswer`: a 5xx, a redirect or an unreadable response; the request is over, its effect is unknown
 * - `timedOut`, `cutOff`: no response; the service may still be working
 */
export type UpstreamTrouble = {
  readonly type: 'refused' | 'misdirected' | 'throttled' | 'notSent' | 'brokenAnswer' | 'timedOut' | 'cutOff';
  readonly refusal: UpstreamRefusal;
};

/** The reply to one request, and its duration. */
export interface UpstreamReply<T> {
  readonly answer: T | UpstreamTrouble;
  readonly httpStatus: number | null;
  readonly latencyMs: number;
}

/** The service that makes deliveries. Neither method throws for failures of the service. */
export interface DeliveryUpstream {
  deliver(order: UpstreamOrder, limitMs: number): Promise<UpstreamReply<UpstreamState>>;
  /** Asks for the outcome of a delivery; `unknown` if the service never began it. */
  find(deliveryId: string, limitMs: number): Promise<UpstreamReply<UpstreamState | { readonly type: 'unknown' }>>;
}
