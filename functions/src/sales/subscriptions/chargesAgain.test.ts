import { chargesAgain } from './chargesAgain.ts';
import type { Subscription } from './subscription.ts';

function subscription(change: Partial<Pick<Subscription, 'status' | 'cancelAtPeriodEnd'>>, interval = 'month') {
  return { id: 'sub', status: 'active', cancelAtPeriodEnd: false, ordered: { interval }, ...change } as Subscription;
}

it.each([
  ['one that renews', subscription({}), true],
  ['one whose renewal could not be charged yet', subscription({ status: 'past_due' }), true],
  ['one that may still begin', subscription({ status: 'pending' }, 'term'), true],
  ['one that ends with its period', subscription({ cancelAtPeriodEnd: true }), false],
  ['one for a fixed term', subscription({}, 'term'), false],
  ['one that has ended', subscription({ status: 'canceled' }), false],
  ['one that never began', subscription({ status: 'failed' }), false],
])('a subscription: %s', (_name, one, charges) => {
  expect(chargesAgain(one)).toBe(charges);
});
