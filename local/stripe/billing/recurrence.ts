import type { Stripe } from '../installedStripe.ts';

type Recurrence = Pick<Stripe.Price.Recurring, 'interval' | 'interval_count'>;

const DAY_SECONDS = 24 * 60 * 60;

/**
 * The end of the period that a moment falls into.
 *
 * Boundaries are counted from the anchor, so that a subscription of the 31st renews on the 28th and then on the 31st
 * again, as at Stripe.
 *
 * @param anchor Unix seconds at which the first period began
 * @param after Unix seconds; a boundary itself begins the next period
 */
export function periodEnd(anchor: number, recurrence: Recurrence, after: number): number {
  for (let count = 1; ; count += 1) {
    const boundary = boundaryAt(anchor, recurrence, count);
    if (boundary > after) return boundary;
  }
}

function boundaryAt(anchor: number, { interval, interval_count: every }: Recurrence, count: number): number {
  switch (interval) {
    case 'day':
      return anchor + count * every * DAY_SECONDS;
    case 'week':
      return anchor + count * every * 7 * DAY_SECONDS;
    case 'year':
      return addMonths(anchor, 12 * count * every);
    default:
      return addMonths(anchor, count * every);
  }
}

function addMonths(seconds: number, months: number): number {
  const date = new Date(seconds * 1000);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, lastDay));
  return date.getTime() / 1000;
}
