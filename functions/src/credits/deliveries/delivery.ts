import { addSeconds, type IsoTime } from '@cloud-bridge/base';
import { TEST_WALLET_ID } from '@cloud-bridge/ledger';
import type { UpstreamRefusal, UpstreamState, UpstreamTrouble } from './upstream/upstream.ts';

/** What can be delivered; what it costs the catalog says. */
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

/** Operations that are about somebody else. */
const FOR_A_RECIPIENT: readonly DeliveryOperation[] = [
  'profileCheck',
  'follow',
  'unfollow',
  'presetShare',
  'captureShare',
];

/**
 * `pending` is on its way; of an `unconfirmed` one nobody knows what became of it, so its credits stay held. In the end
 * it is `delivered` and paid, `refused` by the service, or `failed`; these two cost nothing.
 */
export const DELIVERY_STATUSES = ['pending', 'unconfirmed', 'delivered', 'refused', 'failed'] as const;
type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

export const DELIVERY_ERROR_CODES = ['DELIVERY_REFUSED', 'DELIVERY_FAILED', 'DELIVERY_TIMED_OUT'] as const;

/** Why a delivery was not made. */
export interface DeliveryError {
  readonly code: (typeof DELIVERY_ERROR_CODES)[number];
  readonly message: string;
  /** What the service, or the way to it, said last. */
  readonly upstream: UpstreamRefusal;
}

/** One request to the service. */
export interface DeliveryAttempt {
  readonly outcome: UpstreamState['type'] | UpstreamTrouble['type'];
  readonly httpStatus: number | null;
  readonly latencyMs: number;
  readonly refusal: UpstreamRefusal | null;
}

/** A paid action through the service. Its payload is not kept: it may hold somebody's password. */
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
  /** The hold of the price, and its deadline; null for what is free. */
  readonly chargeId: string | null;
  readonly holdExpiresAt: IsoTime | null;
  readonly status: DeliveryStatus;
  /** What it cost in the end. */
  readonly spentCredits: number;
  readonly attempts: readonly DeliveryAttempt[];
  /** How often the service was asked what became of it. */
  readonly checks: number;
  readonly error: DeliveryError | null;
  /** What the service gave back, as JSON: as text it may be nested in any way. */
  readonly resultJson: string | null;
  readonly createdAt: IsoTime;
  /** From then on the service doesn't begin it. */
  readonly expiresAt: IsoTime;
  readonly settledAt: IsoTime | null;
  /** When somebody is to ask what became of it; null once it has ended. */
  readonly nextCheckAt: IsoTime | null;
  readonly requestHash: string;
  /** New for every request: tells a creation whose answer was lost from a rival. */
  readonly commandId: string;
}

/** How a delivery ends. */
export type Verdict =
  | { readonly status: 'delivered'; readonly result: unknown }
  | { readonly status: 'refused' | 'failed'; readonly error: DeliveryError };

/** Clocks of ours and the service's may differ by as much. */
const CLOCK_SKEW_SECONDS = 1;
/** A request is over after a minute; until a little later, a pending delivery is its own business. */
export const REQUEST_SECONDS = 75;
/** How long credits are held at first; while nobody knows the outcome, the hold is extended. */
export const HOLD_SECONDS = 60 * 60;
/** A hold that ends earlier than this is extended. */
export const HOLD_RESERVE_SECONDS = 30 * 60;
/** After so long the customer gets the credits back, whatever happened. */
const GIVE_UP_SECONDS = 3 * 24 * 60 * 60;
const FIRST_CHECK_SECONDS = 5;
const MAX_CHECK_SECONDS = 15 * 60;

export function needsRecipient(operation: DeliveryOperation): boolean {
  return FOR_A_RECIPIENT.includes(operation);
}

/** Deliveries of test keys cost test credits, and count nowhere. */
export function isLive({ walletId }: Pick<Delivery, 'walletId'>): boolean {
  return walletId !== TEST_WALLET_ID;
}

export function isOpen({ status }: Pick<Delivery, 'status'>): boolean {
  return status === 'pending' || status === 'unconfirmed';
}

/** From this moment on, a delivery that the service doesn't know was never made and never will be. */
export function absentFrom({ expiresAt }: Pick<Delivery, 'expiresAt'>): IsoTime {
  return addSeconds(expiresAt, CLOCK_SKEW_SECONDS);
}

/** When to ask again about a delivery of which still nobody knows: less and less often. */
export function nextCheckAfter(checks: number, now: IsoTime): IsoTime {
  return addSeconds(now, Math.min(MAX_CHECK_SECONDS, FIRST_CHECK_SECONDS * 2 ** Math.min(checks, 10)));
}

/** True for a delivery that has been open for so long that nobody will ever know. */
export function isGivenUp({ createdAt }: Pick<Delivery, 'createdAt'>, now: IsoTime): boolean {
  return now >= addSeconds(createdAt, GIVE_UP_SECONDS);
}
