/**
 * A time in UTC as ISO 8601 with milliseconds, such as `2026-03-14T13:00:00.000Z`. Times in this form sort and compare
 * as text, and are stored and shown unchanged.
 */
export type IsoTime = string;

/** Returns the present time. Use cases call it once and pass the time on, so that rules stay pure. */
export type Clock = () => IsoTime;

/** Converts milliseconds since 1970 to a time. */
export function isoTime(epochMs: number): IsoTime {
  return new Date(epochMs).toISOString();
}

/** Converts a time to whole seconds since 1970, the form that Stripe uses. */
export function secondsOf(time: IsoTime): number {
  return Math.floor(Date.parse(time) / 1000);
}

/** Returns the time a number of seconds later. */
export function addSeconds(time: IsoTime, seconds: number): IsoTime {
  return isoTime(Date.parse(time) + seconds * 1000);
}

/** True from the deadline on: deadlines are exclusive. False without a deadline. */
export function hasLapsed(deadline: IsoTime | null, now: IsoTime): boolean {
  return deadline !== null && now >= deadline;
}

/** A day in UTC, such as `2026-03-14`. Days sort and compare as text too. */
export type IsoDay = string;

/** Returns the UTC day of a time. */
export function dayOf(time: IsoTime): IsoDay {
  return time.slice(0, 'YYYY-MM-DD'.length);
}

/** Returns the time at which a day begins. */
export function startOfDay(day: IsoDay): IsoTime {
  return isoTime(Date.parse(day));
}

/** Returns the day a number of days later. */
export function addDays(day: IsoDay, days: number): IsoDay {
  return dayOf(addSeconds(startOfDay(day), days * 24 * 60 * 60));
}

/** A month in UTC, such as `2026-03`. */
export type IsoMonth = string;

/** Returns the first and the last day of a month. */
export function daysOf(month: IsoMonth): { first: IsoDay; last: IsoDay } {
  const first = `${month}-01`;
  // 31 days after its first day, any month is over and the next month isn't.
  const next = `${addDays(first, 31).slice(0, month.length)}-01`;
  return { first, last: addDays(next, -1) };
}

/** Returns the later of two times. */
export function laterOf(a: IsoTime, b: IsoTime): IsoTime {
  return a > b ? a : b;
}

/** A position in a list that is ordered by time and, for equal times, by id. */
export interface TimePosition {
  readonly createdAt: IsoTime;
  readonly id: string;
}

export function positionOf({ createdAt, id }: TimePosition): TimePosition {
  return { createdAt, id };
}
