import { derivedId, type IsoTime } from '@cloud-bridge/base';

/** The types of events that an account can receive. */
export const EVENT_TYPES = [
  'order.paid',
  'order.refunded',
  'order.disputed',
  'credits.low',
  'credits.depleted',
  'credits.expiring',
  'auto_topup.failed',
  'api_key.near_limit',
  'subscription.started',
  'subscription.ended',
  'webhook.disabled',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** An event of an account. It is written in the same commit as the change that it reports. */
export interface AccountEvent {
  /** Derived from the event's occasion, so that each event is created once. Receivers deduplicate by it. */
  readonly id: string;
  readonly accountId: string;
  /** A `ping` is sent to one endpoint, at its owner's request. */
  readonly type: EventType | 'ping';
  readonly data: Readonly<Record<string, unknown>>;
  readonly createdAt: IsoTime;
  /** Present until the event is dispatched to all its receivers. The sweep looks for this field. */
  readonly undispatchedSince?: IsoTime;
}

/**
 * Creates an event, not yet dispatched.
 * @param occasion distinguishes this event from others of the same type and account
 */
export function newEvent(
  { accountId, type }: Pick<AccountEvent, 'accountId' | 'type'>,
  occasion: readonly string[],
  data: AccountEvent['data'],
  now: IsoTime,
): AccountEvent {
  const id = derivedId('evt', accountId, type, ...occasion);
  return { id, accountId, type, data, createdAt: now, undispatchedSince: now };
}

/** Returns the event as JSON, as receivers get it. */
export function payloadOf({ id, type, createdAt, data }: AccountEvent): string {
  return JSON.stringify({ id, type, timestamp: createdAt, data });
}
