import { addSeconds, type IsoTime } from '@cloud-bridge/base';
import { TEST_WALLET_ID } from '@cloud-bridge/ledger';
import type { UpstreamRefusal, UpstreamState, UpstreamTrouble } from './upstream/upstream.ts';

/** Operations that can be delivered; the catalog has their prices. */
export const DELIVERY_OPERATIONS = [
  'login',
  'profileCheck',
  'presetList',
  'follow',
  'unfollow',
  'presetShare',
  'captureShare',
] as const;
export type DeliveryOperation = (typeof DELIVERY_OPERATIONS)[number];

/** Operations on another user. */
const FOR_A_RECIPIENT: readonly DeliveryOperation[] = [
  'profileCheck',
  'follow',
  'unfollow',
  'presetShare',
  'captureShare',
];

/**
 * The states of a delivery. `pending`: requested. `unconfirmed`: the outcome is unknown, so the credits stay held. The
 * final states are `delivered` (paid), `refused` by the service, and `failed`; refused and failed deliveries cost
 * nothing.
 */
export const DELIVERY_STATUSES = ['pending', 'unconfirmed', 'delivered', 'refused', 'failed'] as const;
type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

export const DELIVERY_ERROR_CODES = ['DELIVERY_REFUSED', 'DELIVERY_FAILED', 'DELIVERY_TIMED_OUT'] as const;

/** The reason why a delivery was not made. */
export interface DeliveryError {
  readonly code: (typeof DELIVERY_ERROR_CODES)[number];
  readonly message: string;
  /** The last refusal by the service or failure of the connection. */
  readonly upstream: UpstreamRefusal;
}

/** One request to the service. */
export interface DeliveryAttempt {
  readonly outcome: UpstreamState['type'] | UpstreamTrouble['type'];
  readonly httpStatus: number | null;
  readonly latencyMs: number;
  readonly refusal: UpstreamRefusal | null;
}

/** A paid action by the service. Its payload isn't stored, because it may contain a password. */
export interface Delivery {
  readonly id: string;
  readonly accountId: string;
  readonly walletId: string;
  readonly operation: DeliveryOperation;
  readonly recipient: string | null;
  readonly integrationId: string | null;
  readonly apiKeyId: string | null;
  /** The price. */
  readonly amountCredits: number;
  /** The hold of the price, and its deadline; null for a free delivery. */
  readonly chargeId: string | null;
  readonly holdExpiresAt: IsoTime | null;
  readonly status: DeliveryStatus;
  /** The final cost. */
  readonly spentCredits: number;
  readonly attempts: readonly DeliveryAttempt[];
  /** Number of times that the service was asked for the outcome. */
  readonly checks: number;
  readonly error: DeliveryError | null;
  /** The service's result as JSON text, because Firestore doesn't store every nesting of values. */
  readonly resultJson: string | null;
  readonly createdAt: IsoTime;
  /** The time from which the service no longer begins the delivery. */
  readonly expiresAt: IsoTime;
  readonly settledAt: IsoTime | null;
  /** The time of the next check for the outcome; null once the delivery has ended. */
  readonly nextCheckAt: IsoTime | null;
  readonly requestHash: string;
  /** New for every request: tells a repeated write, whose first response was lost, from a concurrent request. */
  readonly commandId: string;
}

/** The end of a delivery. */
export type Verdict =
  | { readonly status: 'delivered'; readonly result: unknown }
  | { readonly status: 'refused' | 'failed'; readonly error: DeliveryError };

/** Largest difference between our clocks and the service's. */
const CLOCK_SKEW_SECONDS = 1;
/** Seconds during which only the request itself handles its pending delivery. A function's request takes at most 60. */
export const REQUEST_SECONDS = 75;
/** Duration of a hold, in seconds; the hold is extended while the outcome is unknown. */
export const HOLD_SECONDS = 60 * 60;
/** A hold that would lapse within this time is extended. */
export const HOLD_RESERVE_SECONDS = 30 * 60;
/** Seconds after which an unconfirmed delivery's credits are given back, whatever the outcome. */
const GIVE_UP_SECONDS = 3 * 24 * 60 * 60;
const FIRST_CHECK_SECONDS = 5;
const MAX_CHECK_SECONDS = 15 * 60;

export function needsRecipient(operation: DeliveryOperation): boolean {
  return FOR_A_RECIPIENT.includes(operation);
}

/** False for deliveries of test keys: they cost test credits, and no statistics count them. */
export function isLive({ walletId }: Pick<Delivery, 'walletId'>): boolean {
  return walletId !== TEST_WALLET_ID;
}

export function isOpen({ status }: Pick<Delivery, 'status'>): boolean {
  return status === 'pending' || status === 'unconfirmed';
}

/** Returns the time from which a delivery that the service doesn't know was never begun and never will be. */
export function absentFrom({ expiresAt }: Pick<Delivery, 'expiresAt'>): IsoTime {
  return addSeconds(expiresAt, CLOCK_SKEW_SECONDS);
}

/** Returns the time of the next check of an unconfirmed delivery; the checks become less and less frequent. */
export function nextCheckAfter(checks: number, now: IsoTime): IsoTime {
  return addSeconds(now, Math.min(MAX_CHECK_SECONDS, FIRST_CHECK_SECONDS * 2 ** Math.min(checks, 10)));
}

/** True for a delivery that has been open so long that its outcome will stay unknown. */
export function isGivenUp({ createdAt }: Pick<Delivery, 'createdAt'>, now: IsoTime): boolean {
  return now >= addSeconds(createdAt, GIVE_UP_SECONDS);
}
