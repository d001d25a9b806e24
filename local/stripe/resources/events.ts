import { defineRoute, type Resource } from '../api/apiRoute.ts';
import { isCreatedWithin, LIST_PARAMETERS, paginate } from '../api/pagination.ts';
import { StripeError } from '../api/stripeError.ts';
import type { Stripe } from '../installedStripe.ts';

export const events: Resource = {
  routes: [
    defineRoute({
      method: 'GET',
      path: '/v1/events/{id}',
      accepts: [],
      handle: ({ account, id }) => account.events.get(id),
    }),
    defineRoute<Stripe.EventListParams>({
      method: 'GET',
      path: '/v1/events',
      accepts: [...LIST_PARAMETERS, 'created', 'type', 'types'],
      handle: ({ account, params, path }) => {
        const isWanted = typeFilter(params);
        const found = account.events
          .newestFirst()
          .filter(({ created, type }) => isCreatedWithin(created, params.created) && isWanted(type));
        return paginate(found, params, path);
      },
    }),
  ],
};

/** Returns a filter of event types. As at Stripe, `charge.*` matches all types that begin with `charge.`. */
function typeFilter({ type, types }: Stripe.EventListParams): (type: string) => boolean {
  if (type !== undefined && types !== undefined) {
    throw StripeError.invalid('You may only specify one of these parameters: type, types.');
  }
  if (types !== undefined) return (candidate) => types.includes(candidate);
  if (type === undefined) return () => true;
  return type.endsWith('*')
    ? (candidate) => candidate.startsWith(type.slice(0, -1))
    : (candidate) => candidate === type;
}
