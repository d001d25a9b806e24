import { addSeconds, hasLapsed, type IsoTime } from '@cloud-bridge/base';
import type { AccountEvent, EventType } from '../events/accountEvent.ts';

/** Most endpoints of one account. */
export const MAX_ENDPOINTS = 20;
/** How long a secret still signs after a newer secret has replaced it. */
const OVERLAP_SECONDS = 24 * 60 * 60;
/** Number of latest rotations whose requests are remembered, to recognize repeated requests. */
const MAX_ROTATIONS = 20;
/** An endpoint is disabled only after all attempts have failed for this long. */
const GIVE_UP_SECONDS = 2 * 24 * 60 * 60;

interface SigningSecret {
  readonly value: string;
  /** When the secret stops signing; null for the newest secret. */
  readonly expiresAt: IsoTime | null;
  /** Id of the rotation request that created the secret; null for the endpoint's first secret. */
  readonly requestKey: string | null;
}

/**
 * Why an endpoint is disabled: `owner`, its owner disabled it; `failing`, every attempt failed for days; `gone`, the
 * server answered 410.
 */
export const DISABLED_REASONS = ['owner', 'failing', 'gone'] as const;

/** A URL to which an account has its events sent. */
export interface WebhookEndpoint {
  readonly id: string;
  readonly accountId: string;
  readonly url: string;
  readonly description: string;
  /** The event types to send; null for all. */
  readonly events: readonly EventType[] | null;
  /** Newest first. */
  readonly secrets: readonly SigningSecret[];
  /** Ids of the latest rotation requests. */
  readonly rotatedBy?: readonly string[];
  readonly disabled: { readonly at: IsoTime; readonly reason: (typeof DISABLED_REASONS)[number] } | null;
  /** The first failure since the last success. */
  readonly failingSince: IsoTime | null;
  readonly createdAt: IsoTime;
  readonly updatedAt: IsoTime;
  readonly requestHash: string;
}

/** Returns true when an event has to be sent to the endpoint. A ping is sent only to the endpoint that it names. */
export function wants(endpoint: WebhookEndpoint, { type, data }: AccountEvent): boolean {
  if (endpoint.disabled) return false;
  if (type === 'ping') return data.endpointId === endpoint.id;
  return endpoint.events === null || endpoint.events.includes(type);
}

/** Returns the secrets that sign at a moment: two during the day after a rotation. */
export function activeSecrets({ secrets }: WebhookEndpoint, now: IsoTime): string[] {
  return secrets.filter(({ expiresAt }) => !hasLapsed(expiresAt, now)).map(({ value }) => value);
}

/** Returns the endpoint with a new secret. The previous secret signs until the overlap ends; older secrets go. */
export function rotated(endpoint: WebhookEndpoint, secret: SigningSecret, now: IsoTime): WebhookEndpoint {
  const [latest] = endpoint.secrets;
  const before = latest ? [{ ...latest, expiresAt: addSeconds(now, OVERLAP_SECONDS) }] : [];
  const rotatedBy = [...(endpoint.rotatedBy ?? []), ...(secret.requestKey === null ? [] : [secret.requestKey])];
  return { ...endpoint, secrets: [secret, ...before], rotatedBy: rotatedBy.slice(-MAX_ROTATIONS), updatedAt: now };
}

/** Returns true when the request has rotated the endpoint's secret before, even if other rotations followed. */
export function wasRotatedBy({ secrets, rotatedBy = [] }: WebhookEndpoint, requestKey: string): boolean {
  return rotatedBy.includes(requestKey) || secrets.some((secret) => secret.requestKey === requestKey);
}

/** The outcome of an attempt, as far as it concerns the endpoint. */
export interface AttemptOutcome {
  readonly succeeded: boolean;
  /** True when the receiver answered 410 (Gone). */
  readonly isGone: boolean;
  /** True when no further attempt follows for the event. */
  readonly wasLast: boolean;
}

/** Returns the endpoint after an attempt: the same object when nothing changes. */
export function afterAttempt(endpoint: WebhookEndpoint, outcome: AttemptOutcome, now: IsoTime): WebhookEndpoint {
  if (outcome.succeeded) return endpoint.failingSince === null ? endpoint : { ...endpoint, failingSince: null };
  const failingSince = endpoint.failingSince ?? now;
  const isHopeless = outcome.wasLast && addSeconds(failingSince, GIVE_UP_SECONDS) <= now;
  if (!endpoint.disabled && (outcome.isGone || isHopeless)) {
    const reason = outcome.isGone ? 'gone' : 'failing';
    return { ...endpoint, failingSince, disabled: { at: now, reason }, updatedAt: now };
  }
  return failingSince === endpoint.failingSince ? endpoint : { ...endpoint, failingSince };
}
