import type { SubscriptionTruth } from '../payments/subscriptionProvider.ts';
import { isAbout, nextSyncAfter, type Subscription, subscriptionAfter } from './subscription.ts';

const NOW = '2026-03-01T00:00:00.000Z';
const month = { planSlug: 'team', planName: 'Team', interval: 'month', termDays: null, credits: 2_500 } as const;
const bigger = { ...month, planSlug: 'bigger', credits: 9_000 };
const subscription: Subscription = {
  id: `sub_${'0'.repeat(32)}`,
  accountId: 'alice',
  provider: 'stripe',
  customerId: 'cus_1',
  providerSubscriptionId: null,
  ordered: { ...month, unitAmountsMinor: { usd: 9_900 }, currency: 'usd', unitAmountMinor: 9_900 },
  currency: 'usd',
  period: month,
  next: month,
  status: 'pending',
  cancelAtPeriodEnd: false,
  currentPeriodStartAt: null,
  currentPeriodEndAt: null,
  endedAt: null,
  lastPaymentError: null,
  orderId: 'ord_1',
  version: 1,
  nextSyncAt: null,
  requestHash: 'hash',
  createdAt: '2026-02-01T00:00:00.000Z',
  updatedAt: '2026-02-01T00:00:00.000Z',
};
const truth: SubscriptionTruth = {
  providerSubscriptionId: 'sub_x',
  subscriptionId: subscription.id,
  metadata: {},
  currency: 'usd',
  customerId: 'cus_1',
  status: 'active',
  cancelAtPeriodEnd: false,
  currentPeriodStartAt: NOW,
  currentPeriodEndAt: '2026-04-01T00:00:00.000Z',
  endedAt: null,
  next: month,
  paidInvoices: [],
  lastPaymentError: null,
};
const invoice = {
  id: 'in_1',
  paymentId: 'pi_1',
  paidAt: NOW,
  amountPaidMinor: 9_900,
  taxAmountMinor: 0,
  url: null,
  period: null,
  isFirst: false,
};

it("takes over the provider's state, and is synced again within a day", () => {
  expect(subscriptionAfter(subscription, truth, NOW)).toMatchObject({
    status: 'active',
    providerSubscriptionId: 'sub_x',
    currentPeriodEndAt: '2026-04-01T00:00:00.000Z',
    nextSyncAt: '2026-03-02T00:00:00.000Z',
  });
});

it('stays on the plan that was paid for until another plan is paid for', () => {
  const changed = subscriptionAfter(subscription, { ...truth, next: bigger, paidInvoices: [invoice] }, NOW);
  expect(changed).toMatchObject({ period: month, next: bigger });
  const paid = { ...invoice, period: { ...bigger, endsAt: '2026-04-01T00:00:00.000Z' } };
  expect(subscriptionAfter(changed, { ...truth, next: bigger, paidInvoices: [paid, invoice] }, NOW).period).toEqual(
    bigger,
  );
});

it('that was canceled stays canceled, even if an older state of the provider says otherwise', () => {
  const ended = subscriptionAfter(subscription, { ...truth, status: 'canceled', endedAt: NOW }, NOW);
  expect(subscriptionAfter(ended, truth, NOW)).toMatchObject({ status: 'canceled', endedAt: NOW, nextSyncAt: null });
});

it("of an erased account doesn't restore its customer or the bank's message", () => {
  const erased = { ...subscription, customerId: null, erasedAt: NOW };
  const refused = { ...truth, lastPaymentError: { code: 'card_declined', message: 'Your card was declined.' } };
  expect(subscriptionAfter(erased, refused, NOW)).toMatchObject({ customerId: null, lastPaymentError: null });
});

it('that had failed begins when its payment arrives after all', () => {
  expect(subscriptionAfter({ ...subscription, status: 'failed' }, truth, NOW).status).toBe('active');
});

it.each([
  ['another subscription of ours', { subscriptionId: null }],
  ['another customer', { customerId: 'cus_2' }],
  ['another subscription at the provider', { providerSubscriptionId: 'sub_y' }],
])('takes no state of %s', (_name, difference) => {
  const known = { ...subscription, providerSubscriptionId: 'sub_x' };
  expect(isAbout(known, truth)).toBe(true);
  expect(isAbout(known, { ...truth, ...difference })).toBe(false);
});

it.each([
  ['pending', null, '2026-03-01T01:00:00.000Z'],
  ['past_due', '2026-03-30T00:00:00.000Z', '2026-03-01T01:00:00.000Z'],
  ['active', '2026-03-30T00:00:00.000Z', '2026-03-02T00:00:00.000Z'],
  ['active', '2026-03-01T12:00:00.000Z', '2026-03-01T14:00:00.000Z'],
  ['active', '2026-02-28T00:00:00.000Z', '2026-03-01T01:00:00.000Z'],
  ['canceled', '2026-03-30T00:00:00.000Z', null],
  ['failed', null, null],
] as const)('%s with a period until %s is synced again at %s', (status, currentPeriodEndAt, expected) => {
  expect(nextSyncAfter({ status, currentPeriodEndAt }, NOW)).toBe(expected);
});
