import { addSeconds, hasLapsed, type IsoTime } from '@cloud-bridge/base';
import type { AccountEvent, EventType } from '../events/accountEvent.ts';

/** How many an account may have. */
export const MAX_ENDPOINTS = 20;
/** How long a secret goes on signing after its successor was made. */
const OVERLAP_SECONDS = 24 * 60 * 60;
/** Rotations that are remembered. */
const MAX_ROTATIONS = 20;
/** An endpoint is only given up after it has taken nothing for so long. */
const GIVE_UP_SECONDS = 2 * 24 * 60 * 60;

interface SigningSecret {
  readonly value: string;
  /** When it stops signing; null for the newest. */
  readonly expiresAt: IsoTime | null;
  /** The request that made it. */
  readonly requestKey: string | null;
}

/** Why nothing is sent to an endpoint: its owner's wish, nothing taken for days, or its own word that it is gone. */
export const DISABLED_REASONS = ['owner', 'failing', 'gone'] as const;

/** Where an account wants to be told of events. */
export interface WebhookEndpoint {
  readonly id: string;
  readonly accountId: string;
  readonly url: string;
  readonly description: string;
  /** Only these types; null for all. */
  readonly events: readonly EventType[] | null;
  /** Newest first. */
  readonly secrets: readonly SigningSecret[];
  /** The latest requests that gave it a new secret. */
  readonly rotatedBy?: readonly string[];
  readonly disabled: { readonly at: IsoTime; readonly reason: (typeof DISABLED_REASONS)[number] } | null;
  /** The first failure since the last success. */
  readonly failingSince: IsoTime | null;
  readonly createdAt: IsoTime;
  readonly updatedAt: IsoTime;
  readonly requestHash: string;
}

/** True when an event has to be sent there. A ping goes where it was asked for. */
export function wants(endpoint: WebhookEndpoint, { type, data }: AccountEvent): boolean {
  if (endpoint.disabled) return false;
  if (type === 'ping') return data.endpointId === endpoint.id;
  return endpoint.events === null || endpoint.events.includes(type);
}

/** Secrets that sign at a moment: more than one while receivers change over. */
export function activeSecrets({ secrets }: WebhookEndpoint, now: IsoTime): string[] {
  return secrets.filter(({ expiresAt }) => !hasLapsed(expiresAt, now)).map(({ value }) => value);
}

/** With a new secret beside the one before, which ends after the overlap. */
export function rotated(endpoint: WebhookEndpoint, secret: SigningSecret, now: IsoTime): WebhookEndpoint {
  const [latest] = endpoint.secrets;
  const before = latest ? [{ ...latest, expiresAt: addSeconds(now, OVERLAP_SECONDS) }] : [];
  const rotatedBy = [...(endpoint.rotatedBy ?? []), ...(secret.requestKey === null ? [] : [secret.requestKey])];
  return { ...endpoint, secrets: [secret, ...before], rotatedBy: rotatedBy.slice(-MAX_ROTATIONS), updatedAt: now };
}

/** True when this request has given it a new secret before; also after another request has done so. */
export function wasRotatedBy({ secrets, rotatedBy = [] }: WebhookEndpoint, requestKey: string): boolean {
  return rotatedBy.includes(requestKey) || secrets.some((secret) => secret.requestKey === requestKey);
}

/** What an attempt says about the endpoint. */
export interface AttemptOutcome {
  readonly succeeded: boolean;
  /** True when the receiver says that it wants nothing any more. */
  readonly isGone: boolean;
  /** True when this was the last try for an event. */
  readonly wasLast: boolean;
}

/** The endpoint after an attempt: the same object when that is no news. */
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
