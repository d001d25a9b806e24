import { chargesAgain } from './chargesAgain.ts';
import type { Subscription } from './subscription.ts';

function subscription(change: Partial<Pick<Subscription, 'status' | 'cancelAtPeriodEnd'>>, interval = 'month') {
  return { id: 'sub', status: 'active', cancelAtPeriodEnd: false, ordered: { interval }, ...change } as Subscription;
}

it.each([
  ['that renews', subscription({}), true],
  ['whose renewal could not be charged yet', subscription({ status: 'past_due' }), true],
  ['that may still begin', subscription({ status: 'pending' }, 'term'), true],
  ['that ends with its period', subscription({ cancelAtPeriodEnd: true }), false],
  ['for a fixed term', subscription({}, 'term'), false],
  ['that has ended', subscription({ status: 'canceled' }), false],
  ['that never began', subscription({ status: 'failed' }), false],
])('decides for a subscription %s', (_name, one, charges) => {
  expect(chargesAgain(one)).toBe(charges);
});
