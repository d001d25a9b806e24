import type { IsoTime } from '@cloud-bridge/base';

/** What the service is asked to do. */
export interface UpstreamOrder {
  /** Also the idempotency key: the service does a thing once, however often it is asked. */
  readonly id: string;
  readonly operation: string;
  readonly recipient: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
  /** False for deliveries of test keys. */
  readonly livemode: boolean;
  /** From then on the service must not begin it, so that a delivery that it doesn't know by then never was made. */
  readonly expiresAt: IsoTime;
}

/** Why the service would not do it, in its own words. */
export interface UpstreamRefusal {
  readonly code: string;
  readonly message: string;
}

/** What the service itself says of a delivery. */
export type UpstreamState =
  | { readonly type: 'delivered'; readonly result: unknown }
  | { readonly type: 'failed'; readonly refusal: UpstreamRefusal }
  | { readonly type: 'pending' };

/**
 * How a request went that did not bring the service's word on the delivery:
 * `refused` a 4xx, which has no effect; `misdirected` one that is about this deployment rather than the delivery;
 * `throttled` one for now; `notSent` it never left; `brokenAnswer` a 5xx, a redirect or what can't be understood: the
 * request is over, its effect isn't known; `timedOut` and `cutOff` there was no answer, and the service may still be at
 * work.
 */
export type UpstreamTrouble = {
  readonly type: 'refused' | 'misdirected' | 'throttled' | 'notSent' | 'brokenAnswer' | 'timedOut' | 'cutOff';
  readonly refusal: UpstreamRefusal;
};

/** What came of one request, and how long it took. */
export interface UpstreamReply<T> {
  readonly answer: T | UpstreamTrouble;
  readonly httpStatus: number | null;
  readonly latencyMs: number;
}

/** The service that makes deliveries. Neither method throws for what the service does. */
export interface DeliveryUpstream {
  deliver(order: UpstreamOrder, limitMs: number): Promise<UpstreamReply<UpstreamState>>;
  /** What became of a delivery; `unknown`: the service never began it. */
  find(deliveryId: string, limitMs: number): Promise<UpstreamReply<UpstreamState | { readonly type: 'unknown' }>>;
}
