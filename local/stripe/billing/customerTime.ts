import { idOf } from '../idOf.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';

/** The test clock that a customer lives by, if any. */
function testClockOf(account: LocalAccount, customerId: string): Stripe.TestHelpers.TestClock | undefined {
  const customer = account.customers.find(customerId);
  return account.testClocks.find(idOf(customer?.test_clock) ?? '');
}

/** Runs a call in a customer's time. */
export function inTimeOf<T>(account: LocalAccount, customerId: string, call: () => T): T {
  const clock = testClockOf(account, customerId);
  return clock ? account.clock.pinned(clock.frozen_time, call) : call();
}
