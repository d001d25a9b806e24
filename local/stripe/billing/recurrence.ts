import type { Stripe } from '../installedStripe.ts';

type Recurrence = Pick<Stripe.Price.Recurring, 'interval' | 'interval_count'>;

const DAY_SECONDS = 24 * 60 * 60;

/**
 * Returns the end of the billing period that a time falls into, in Unix seconds.
 *
 * Boundaries are counted from the anchor. As at Stripe, a subscription that started on the 31st therefore renews on
 * February 28th and then on March 31st.
 *
 * @param anchor start of the first period in Unix seconds
 * @param after the time in Unix seconds; a boundary itself belongs to the period that it starts
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
