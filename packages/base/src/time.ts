/**
 * A moment in UTC as ISO 8601 with milliseconds, such as `2026-03-14T13:00:00.000Z`. In this form moments sort
 * and compare as text, are stored as they are, and are read by people and clients alike.
 */
export type IsoTime = string;

/** Where the present comes from; use cases read it once and pass it on, so that rules stay pure. */
export type Clock = () => IsoTime;

/** The moment so many milliseconds after 1970 began. */
export function isoTime(epochMs: number): IsoTime {
  return new Date(epochMs).toISOString();
}

/** The moment in whole seconds since 1970, as Stripe has it. */
export function secondsOf(time: IsoTime): number {
  return Math.floor(Date.parse(time) / 1000);
}

/** The moment so many seconds later. */
export function addSeconds(time: IsoTime, seconds: number): IsoTime {
  return isoTime(Date.parse(time) + seconds * 1000);
}

/** Deadlines are exclusive: a thing has lapsed from its deadline on. */
export function hasLapsed(deadline: IsoTime | null, now: IsoTime): boolean {
  return deadline !== null && now >= deadline;
}

/** A day in UTC, such as `2026-03-14`. Days sort and compare as text too. */
export type IsoDay = string;

/** The day in which a moment lies. */
export function dayOf(time: IsoTime): IsoDay {
  return time.slice(0, 'YYYY-MM-DD'.length);
}

/** The moment at which a day begins. */
export function startOfDay(day: IsoDay): IsoTime {
  return isoTime(Date.parse(day));
}

/** The day so many days later. */
export function addDays(day: IsoDay, days: number): IsoDay {
  return dayOf(addSeconds(startOfDay(day), days * 24 * 60 * 60));
}

/** A month in UTC, such as `2026-03`. */
export type IsoMonth = string;

/** The first and the last day of a month. */
export function daysOf(month: IsoMonth): { first: IsoDay; last: IsoDay } {
  const first = `${month}-01`;
  // Whatever its length: 31 days after its first a month is over, and 31 days are no two months.
  const next = `${addDays(first, 31).slice(0, month.length)}-01`;
  return { first, last: addDays(next, -1) };
}

/** The later of two moments. */
export function laterOf(a: IsoTime, b: IsoTime): IsoTime {
  return a > b ? a : b;
}

/** A place in a list ordered by time and, among equals, by id. */
export interface TimePosition {
  readonly createdAt: IsoTime;
  readonly id: string;
}

export function positionOf({ createdAt, id }: TimePosition): TimePosition {
  return { createdAt, id };
}
