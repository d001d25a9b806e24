/** Limits the concurrent webhook attempts of each account. */

import { addSeconds, type IsoTime } from '@cloud-bridge/base';

/** Most concurrent attempts of one account, over all processes. */
export const MAX_AT_ONCE = 5;
/** An attempt that hasn't ended after this time has crashed, so its place becomes free. */
export const LEASE_SECONDS = 60;

/** The attempts of an account that are under way. At the limit, further deliveries wait until one of them ends. */
export interface WebhookLine {
  readonly accountId: string;
  /** Ids of the deliveries with an attempt under way, each with the end of its lease. */
  readonly underWay: Readonly<Record<string, IsoTime>>;
  /** When the sweep has to check for deliveries that a crash has left waiting; null when it doesn't have to. */
  readonly wakeAt: IsoTime | null;
}

/** Returns the number of attempts that may begin at a moment. */
export function freePlaces(line: WebhookLine | null, now: IsoTime): number {
  return MAX_AT_ONCE - Object.values(line?.underWay ?? {}).filter((until) => until > now).length;
}

/** Returns the line with one more attempt under way; null when no place is free. */
export function entered(
  line: WebhookLine | null,
  accountId: string,
  deliveryId: string,
  now: IsoTime,
): WebhookLine | null {
  if (freePlaces(line, now) <= 0) return null;
  const until = addSeconds(now, LEASE_SECONDS);
  return { accountId, underWay: { ...withoutLapsed(line, now), [deliveryId]: until }, wakeAt: until };
}

/** Returns the line after the end of an attempt: the same object when the attempt's place was already free. */
export function left(line: WebhookLine, deliveryId: string): WebhookLine {
  if (!(deliveryId in line.underWay)) return line;
  const { [deliveryId]: _ended, ...underWay } = line.underWay;
  return { ...line, underWay };
}

/** Returns the line after the sweep's check. The sweep checks again later while deliveries wait. */
export function swept(line: WebhookLine, somebodyWaits: boolean, now: IsoTime): WebhookLine {
  const wakeAt = somebodyWaits ? addSeconds(now, LEASE_SECONDS) : null;
  return { ...line, underWay: withoutLapsed(line, now), wakeAt };
}

function withoutLapsed(line: WebhookLine | null, now: IsoTime): Record<string, IsoTime> {
  return Object.fromEntries(Object.entries(line?.underWay ?? {}).filter(([, until]) => until > now));
}
