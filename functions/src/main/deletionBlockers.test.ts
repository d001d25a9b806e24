import { emptyWallet } from '@cloud-bridge/ledger';
import type { Subscription } from '../sales/subscriptions/subscription.ts';
import { deletionBlockers, type OpenBusiness } from './deletionBlockers.ts';

const nothing: OpenBusiness = { subscriptions: [], pendingOrders: [], wallets: [], autoTopUp: null };

function subscription(change: Partial<Pick<Subscription, 'status' | 'cancelAtPeriodEnd'>>, interval = 'month') {
  return { id: 'sub', status: 'active', cancelAtPeriodEnd: false, ordered: { interval }, ...change } as Subscription;
}

it('nothing open stands in the way of nothing', () => {
  const wallets = [emptyWallet('a', 'main', '2026-01-01T00:00:00.000Z')];
  expect(deletionBlockers({ ...nothing, wallets })).toEqual([]);
});

it.each([
  ['one that renews', subscription({}), true],
  ['one whose renewal could not be charged yet', subscription({ status: 'past_due' }), true],
  ['one that may still begin', subscription({ status: 'pending' }, 'term'), true],
  ['one that ends with its period', subscription({ cancelAtPeriodEnd: true }), false],
  ['one for a fixed term', subscription({}, 'term'), false],
  ['one that has ended', subscription({ status: 'canceled' }), false],
  ['one that never began', subscription({ status: 'failed' }), false],
])('a subscription: %s', (_name, one, blocks) => {
  const expected = blocks ? [{ kind: 'subscription', id: 'sub' }] : [];
  expect(deletionBlockers({ ...nothing, subscriptions: [one] })).toEqual(expected);
});

it('credits that are held in any wallet are in the way', () => {
  const wallet = { ...emptyWallet('a', 'sub', '2026-01-01T00:00:00.000Z'), heldCredits: 5 };
  expect(deletionBlockers({ ...nothing, wallets: [wallet] })).toEqual([
    { kind: 'holds', walletId: 'sub', heldCredits: 5 },
  ]);
});
