import { derivedId, type IsoTime } from '@cloud-bridge/base';

/** What an account can be told of. */
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

/** Something that has happened to an account: written in the same commit as the change that it tells of. */
export interface AccountEvent {
  /** Derived from what it tells of, so that nothing is told twice; receivers deduplicate by it. */
  readonly id: string;
  readonly accountId: string;
  /** A `ping` is sent on request, to one endpoint. */
  readonly type: EventType | 'ping';
  readonly data: Readonly<Record<string, unknown>>;
  readonly createdAt: IsoTime;
  /** Only until it is on its way to everybody who wants it: what the sweeper looks for. */
  readonly undispatchedSince?: IsoTime;
}

/**
 * A new event.
 * @param occasion what tells it from other events of this type and account
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

/** An event as receivers get it. */
export function payloadOf({ id, type, createdAt, data }: AccountEvent): string {
  return JSON.stringify({ id, type, timestamp: createdAt, data });
}
