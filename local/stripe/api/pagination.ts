import type { Stripe } from '../installedStripe.ts';
import { StripeError } from './stripeError.ts';

const LIMIT_DEFAULT = 10;
const LIMIT_MAX = 100;

/** The parameters of every list. */
export const LIST_PARAMETERS = ['limit', 'starting_after', 'ending_before', 'expand'] as const;

/** A page of a list, as Stripe sends it. */
export interface ListPage<T> {
  object: 'list';
  data: T[];
  has_more: boolean;
  url: string;
}

/**
 * Returns a page of a list.
 *
 * @param items all items in the order of the list
 * @param url path of the list
 * @throws StripeError when the limit is out of range or the cursor isn't in the list
 */
export function paginate<T extends { id: string }>(
  items: readonly T[],
  params: Stripe.PaginationParams | undefined,
  url: string,
): ListPage<T> {
  const limit = requireLimit(params?.limit ?? LIMIT_DEFAULT);
  const { starting_after: after, ending_before: before } = params ?? {};
  if (after !== undefined && before !== undefined) {
    throw StripeError.invalid('You may only specify one of these parameters: ending_before, starting_after.');
  }
  if (before !== undefined) {
    const end = indexOf(items, before, 'ending_before');
    const start = Math.max(0, end - limit);
    return { object: 'list', data: items.slice(start, end), has_more: start > 0, url };
  }
  const start = after === undefined ? 0 : indexOf(items, after, 'starting_after') + 1;
  return { object: 'list', data: items.slice(start, start + limit), has_more: start + limit < items.length, url };
}

/** Returns whether a time matches the `created` parameter of a list. Times are in Unix seconds. */
export function isCreatedWithin(createdAt: number, range: Stripe.RangeQueryParam | number | undefined): boolean {
  if (range === undefined) return true;
  if (typeof range === 'number') return createdAt === range;
  const { gt = -1, gte = 0, lt = Number.POSITIVE_INFINITY, lte = Number.POSITIVE_INFINITY } = range;
  return createdAt > gt && createdAt >= gte && createdAt < lt && createdAt <= lte;
}

function requireLimit(limit: number): number {
  if (limit < 1) {
    throw StripeError.invalid('This value must be greater than or equal to 1.', {
      code: 'parameter_invalid_integer',
      param: 'limit',
    });
  }
  if (limit > LIMIT_MAX) {
    throw StripeError.invalid(`This value must be less than or equal to ${LIMIT_MAX}.`, {
      code: 'parameter_invalid_integer',
      param: 'limit',
    });
  }
  return limit;
}

function indexOf(items: readonly { id: string }[], id: string, param: string): number {
  const index = items.findIndex((item) => item.id === id);
  if (index < 0) throw StripeError.noSuch('object', id, param);
  return index;
}
