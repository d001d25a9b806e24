import { defineRoute, type Resource } from '../api/apiRoute.ts';
import { LIST_PARAMETERS, paginate } from '../api/pagination.ts';
import { StripeError } from '../api/stripeError.ts';
import { advanceTestClock } from '../billing/dueWork.ts';
import { idOf } from '../idOf.ts';
import { createId } from '../ids.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';

type TestClock = Stripe.TestHelpers.TestClock;

const LIFETIME_SECONDS = 30 * 24 * 60 * 60;
const ADVANCE_SECONDS_MAX = 2 * 366 * 24 * 60 * 60;

function createTestClock(account: LocalAccount, params: Stripe.TestHelpers.TestClockCreateParams): TestClock {
  const customer = params.customer === undefined ? undefined : requireFreeCustomer(account, params.customer);
  const now = account.clock.nowSeconds();
  const clock = account.testClocks.add({
    id: createId('clock_1', 23),
    object: 'test_helpers.test_clock',
    created: now,
    deletes_after: now + LIFETIME_SECONDS,
    frozen_time: params.frozen_time,
    livemode: false,
    name: params.name ?? null,
    status: 'ready',
    status_details: {},
  });
  if (customer) customer.test_clock = clock.id;
  account.emit('test_helpers.test_clock.created', clock);
  return clock;
}

/** Returns a customer that can be put on a test clock: a customer without a test clock and without subscriptions. */
function requireFreeCustomer(account: LocalAccount, id: string): Stripe.Customer {
  const customer = account.customers.get(id, 'customer');
  const isBusy = account.subscriptions.newestFirst().some((subscription) => idOf(subscription.customer) === id);
  if (!customer.test_clock && !isBusy) return customer;
  throw StripeError.invalid('A customer with a test clock or with subscriptions cannot be put on a test clock.', {
    param: 'customer',
  });
}

/** Moves a test clock forward. As at Stripe, the answer comes at once; here all due work is done by then. */
function advance(account: LocalAccount, id: string, target: number): TestClock {
  const clock = account.testClocks.get(id);
  const { frozen_time: frozen } = clock;
  if (target <= frozen || target > frozen + ADVANCE_SECONDS_MAX) {
    throw StripeError.invalid('The new frozen time has to be after the current one, and at most two years after it.', {
      param: 'frozen_time',
    });
  }
  const advancing: TestClock = {
    ...clock,
    status: 'advancing',
    status_details: { advancing: { target_frozen_time: target } },
  };
  account.emit('test_helpers.test_clock.advancing', advancing);
  advanceTestClock(account, clock, target);
  account.emit('test_helpers.test_clock.ready', clock);
  return advancing;
}

export const testClocks: Resource = {
  routes: [
    defineRoute<Stripe.TestHelpers.TestClockCreateParams>({
      method: 'POST',
      path: '/v1/test_helpers/test_clocks',
      accepts: ['customer', 'frozen_time', 'name'],
      handle: ({ account, params }) => createTestClock(account, params),
    }),
    defineRoute<Stripe.TestHelpers.TestClockAdvanceParams>({
      method: 'POST',
      path: '/v1/test_helpers/test_clocks/{id}/advance',
      accepts: ['frozen_time'],
      handle: ({ account, params, id }) => advance(account, id, params.frozen_time),
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/test_helpers/test_clocks/{id}',
      accepts: [],
      handle: ({ account, id }) => account.testClocks.get(id),
    }),
    defineRoute<Stripe.TestHelpers.TestClockListParams>({
      method: 'GET',
      path: '/v1/test_helpers/test_clocks',
      accepts: LIST_PARAMETERS,
      handle: ({ account, params, path }) => paginate(account.testClocks.newestFirst(), params, path),
    }),
  ],
};
