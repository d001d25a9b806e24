import type Stripe from 'stripe';
import { BUILT_IN_CATALOGS } from '../../catalog/builtInCatalogs.ts';
import { offerOf } from '../../catalog/planOffer.ts';
import { lookupKeyOf, periodIn } from './stripePrices.ts';
import { paysFor, subscriptionTruth, wholePeriodIn } from './stripeSubscriptions.ts';

const subscription = (fields: Record<string, unknown>) =>
  subscriptionTruth({
    id: 'sub_1',
    customer: 'cus_1',
    status: 'active',
    cancel_at_period_end: false,
    cancel_at: null,
    ended_at: null,
    metadata: {},
    items: { data: [{ current_period_start: 0, current_period_end: 86_400 }] },
    latest_invoice: null,
    ...fields,
  } as unknown as Stripe.Subscription);

it.each([
  ['incomplete', 'pending'],
  ['incomplete_expired', 'failed'],
  ['active', 'active'],
  ['trialing', 'active'],
  ['past_due', 'past_due'],
  ['unpaid', 'past_due'],
  ['canceled', 'canceled'],
])('%s at Stripe is %s here', (status, expected) => {
  expect(subscription({ status }).status).toBe(expected);
});

it('takes the period from the item, and counts any end date as a cancellation', () => {
  expect(subscription({ cancel_at: 86_400 })).toMatchObject({
    cancelAtPeriodEnd: true,
    currentPeriodStartAt: '1970-01-01T00:00:00.000Z',
    currentPeriodEndAt: '1970-01-02T00:00:00.000Z',
  });
});

it.each([
  [{}, null],
  [{ subscriptionId: 'sub_1Abc' }, null],
  [{ subscriptionId: `sub_${'a'.repeat(32)}` }, `sub_${'a'.repeat(32)}`],
])('a subscription with the metadata %j has the id %s here', (metadata, expected) => {
  expect(subscription({ metadata }).subscriptionId).toBe(expected);
});

it('a line that settles a change within a period pays for no period', () => {
  const line = (proration: boolean) => {
    return { id: String(proration), parent: { subscription_item_details: { proration } } } as Stripe.InvoiceLineItem;
  };
  expect(wholePeriodIn([line(true), line(true)])).toBeUndefined();
  expect(wholePeriodIn([line(true), line(false)])?.id).toBe('false');
});

it.each([
  ['the price', 9_900, 9_900, 9_900, 'subscription_cycle', true],
  ['the price of a first period', 9_900, 9_900, 9_900, 'subscription_create', true],
  ['a first period that a coupon makes free', 0, 9_900, 9_900, 'subscription_create', true],
  ['a renewal that a coupon makes free', 0, 9_900, 9_900, 'subscription_cycle', true],
  ['a period that begins with another interval', 9_900, 9_900, 9_900, 'subscription_update', true],
  ['a bigger plan, less the rest of the smaller one', 5_000, 5_000, 9_900, 'subscription_update', true],
  ['a trial', 0, 0, 0, 'subscription_create', false],
  ['a trial that begins later, with another item', 500, 500, 0, 'subscription_update', false],
  ['a refund', -3_000, -3_000, 9_900, 'subscription_update', false],
  ['a refund with a renewal', -3_000, -3_000, 9_900, 'subscription_cycle', false],
  ['a period set off against exactly the rest of another', 0, 0, 9_900, 'subscription_cycle', false],
  ['a change that a coupon makes free', 0, 9_900, 9_900, 'subscription_update', false],
] as const)(
  'whether an invoice over %s (total %s, subtotal %s, line %s, %s) pays for a whole period: %s',
  (_name, total, subtotal, amount, reason, expected) => {
    expect(paysFor({ total, subtotal, billing_reason: reason }, { amount })).toBe(expected);
  },
);

it("a price's metadata tell the period that it sells; a price that is not ours has no period", () => {
  const metadata = { planSlug: 'pro', planName: 'Pro', interval: 'term', credits: '1000', termDays: '30' };
  expect(periodIn(metadata)).toEqual({ ...metadata, credits: 1_000, termDays: 30 });
  expect(periodIn({ ...metadata, credits: 'many' })).toBeNull();
  expect(periodIn({})).toBeNull();
});

it('an edited plan has another price; the same plan in another currency has the same price', () => {
  const catalog = BUILT_IN_CATALOGS['cloud-bridge'];
  const offer = offerOf(catalog, { planSlug: 'team', currency: 'usd' });
  expect(lookupKeyOf(offerOf(catalog, { planSlug: 'team', currency: 'gbp' }))).toBe(lookupKeyOf(offer));
  expect(lookupKeyOf({ ...offer, credits: 1 })).not.toBe(lookupKeyOf(offer));
  expect(lookupKeyOf({ ...offer, unitAmountsMinor: { usd: 1 } })).not.toBe(lookupKeyOf(offer));
});
