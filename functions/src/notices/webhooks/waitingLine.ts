import { addSeconds, type IsoTime } from '@cloud-bridge/base';

/** Attempts of one account that may be under way at once, in all processes together. */
export const MAX_AT_ONCE = 5;
/** An attempt that hasn't ended after so long has crashed: its place is free again. */
export const LEASE_SECONDS = 60;

/** Which attempts of an account are under way; its other deliveries wait in line until one of them ends. */
export interface WebhookLine {
  readonly accountId: string;
  /** The deliveries under way, and until when each of them counts. */
  readonly underWay: Readonly<Record<string, IsoTime>>;
  /** When the sweep has to see whether somebody still waits, because a crash may have kept the line from moving on. */
  readonly wakeAt: IsoTime | null;
}

/** Attempts that may begin at a moment. */
export function freePlaces(line: WebhookLine | null, now: IsoTime): number {
  return MAX_AT_ONCE - Object.values(line?.underWay ?? {}).filter((until) => until > now).length;
}

/** With one more attempt under way; null when all places are taken. */
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

/** After the end of an attempt; the same object when it wasn't under way any more. */
export function left(line: WebhookLine, deliveryId: string): WebhookLine {
  if (!(deliveryId in line.underWay)) return line;
  const { [deliveryId]: _ended, ...underWay } = line.underWay;
  return { ...line, underWay };
}

/** After the sweep has looked: it comes again as long as somebody waits. */
export function swept(line: WebhookLine, somebodyWaits: boolean, now: IsoTime): WebhookLine {
  const wakeAt = somebodyWaits ? addSeconds(now, LEASE_SECONDS) : null;
  return { ...line, underWay: withoutLapsed(line, now), wakeAt };
}

function withoutLapsed(line: WebhookLine | null, now: IsoTime): Record<string, IsoTime> {
  return Object.fromEntries(Object.entries(line?.underWay ?? {}).filter(([, until]) => until > now));
}
