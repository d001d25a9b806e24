import { emptyWallet } from '@cloud-bridge/ledger';
import type { Subscription } from '../../sales/subscriptions/subscription.ts';
import { deletionBlockers, hasNewEmail, isFrozen, type OpenBusiness } from './account.ts';

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

it.each([
  ['nobody', {}, false],
  ['an operator', { frozenAt: '2026-03-14T00:00:00.000Z' }, true],
  ['what became of the owner', { ownerBlockedAt: '2026-03-14T00:00:00.000Z', frozenAt: null }, true],
  ['nobody any more', { ownerBlockedAt: null, frozenAt: null }, false],
])('an account is frozen by %s', (_name, account, expected) => {
  expect(isFrozen(account)).toBe(expected);
});

it.each([
  ['says the same', { email: 'a@example.com', isEmailVerified: true, emailAsOf: '2026-03-15' }, false],
  ['says another address', { email: 'b@example.com', isEmailVerified: true, emailAsOf: '2026-03-15' }, true],
  ['says that it is not verified', { email: 'a@example.com', isEmailVerified: false, emailAsOf: '2026-03-15' }, true],
  ['is as old', { email: null, isEmailVerified: false, emailAsOf: '2026-03-14' }, true],
  ['is older', { email: 'b@example.com', isEmailVerified: true, emailAsOf: '2026-03-13' }, false],
  ['does not say how old it is', { email: 'b@example.com' }, false],
])('a token that %s', (_name, told, isNew) => {
  const known = { email: 'a@example.com', isEmailVerified: true, emailAsOf: '2026-03-14' };
  expect(hasNewEmail(known, { id: 'a', ...told })).toBe(isNew);
});

it('what was stored before addresses were followed is refreshed by any token', () => {
  const told = { id: 'a', email: 'a@example.com', isEmailVerified: false, emailAsOf: '2026-03-14' };
  expect(hasNewEmail({ email: 'a@example.com' }, told)).toBe(true);
});
