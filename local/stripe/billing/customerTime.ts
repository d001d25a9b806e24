import { idOf } from '../idOf.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';

/** Returns the test clock of a customer; undefined if the customer has no test clock. */
function testClockOf(account: LocalAccount, customerId: string): Stripe.TestHelpers.TestClock | undefined {
  const customer = account.customers.find(customerId);
  return account.testClocks.find(idOf(customer?.test_clock) ?? '');
}

/** Runs a call at the time of the customer's test clock, if the customer has a test clock. */
export function inTimeOf<T>(account: LocalAccount, customerId: string, call: () => T): T {
  const clock = testClockOf(account, customerId);
  return clock ? account.clock.pinned(clock.frozen_time, call) : call();
}
