import { subscriptionSchema, transactionSchema } from './creem.schemas.ts';
import { paidInvoice, periodIn, subscriptionTruth } from './creemSubscriptions.ts';

const SUBSCRIPTION_ID = `sub_${'b'.repeat(32)}`;
const metadata = { productId: 'prod_1', planSlug: 'team', planName: 'Team', interval: 'month', credits: '2500' };

/** Returns a subscription as in Creem's documentation. */
const subscription = (fields: Record<string, unknown>) =>
  subscriptionSchema.parse({
    id: 'sub_6pC2',
    product: { id: 'prod_1', name: 'Monthly' },
    customer: { id: 'cust_1', email: 'x@example.com' },
    status: 'active',
    current_period_start_date: '2024-10-12T11:58:38.000Z',
    current_period_end_date: '2024-11-12T11:58:38.000Z',
    canceled_at: null,
    updated_at: '2024-10-12T11:58:45.425Z',
    ...fields,
  });

it.each([
  ['active', 'active', false, null],
  ['trialing', 'active', false, null],
  ['scheduled_cancel', 'active', true, null],
  ['past_due', 'past_due', false, null],
  ['unpaid', 'past_due', false, null],
  ['paused', 'past_due', false, null],
  ['expired', 'past_due', false, null],
  ['a new state', 'past_due', false, null],
  ['canceled', 'canceled', false, '2024-10-12T11:58:45.425Z'],
])('a subscription with the status %s at Creem has the status %s here', (status, own, cancelAtPeriodEnd, endedAt) => {
  expect(subscriptionTruth(subscription({ status }))).toMatchObject({
    providerSubscriptionId: 'sub_6pC2',
    customerId: 'cust_1',
    status: own,
    cancelAtPeriodEnd,
    currentPeriodStartAt: '2024-10-12T11:58:38.000Z',
    currentPeriodEndAt: '2024-11-12T11:58:38.000Z',
    endedAt,
  });
});

it.each([
  [{ subscriptionId: SUBSCRIPTION_ID }, SUBSCRIPTION_ID],
  [{ subscriptionId: 'theirs' }, null],
  [{ subscriptionId: 7 }, null],
  [null, null],
])('a subscription with the metadata %j has the id %s here', (given, id) => {
  expect(subscriptionTruth(subscription({ metadata: given })).subscriptionId).toBe(id);
});

it("a subscription's metadata tell the period of the ordered product, but not of another product", () => {
  const period = { planSlug: 'team', planName: 'Team', interval: 'month', termDays: null, credits: 2_500 };
  expect(periodIn(metadata, 'prod_1')).toEqual(period);
  expect(periodIn({ ...metadata, interval: 'term', termDays: '30' }, 'prod_1')).toMatchObject({ termDays: 30 });
  expect(periodIn(metadata, 'prod_2')).toBeNull();
  expect(periodIn({ ...metadata, credits: '-1' }, 'prod_1')).toBeNull();
  expect(periodIn(null, 'prod_1')).toBeNull();
});

it('a payment pays for the period that ends at its period_end', () => {
  const sold = periodIn(metadata, 'prod_1');
  const paid = { id: 'tran_1', amount: 1_000, amount_paid: 1_210, tax_amount: 210, currency: 'EUR', status: 'paid' };
  const transaction = transactionSchema.parse({
    ...paid,
    period_end: 1_731_412_718_000,
    created_at: 1_728_734_327_109,
  });
  expect(paidInvoice(transaction, sold, true)).toEqual({
    id: 'tran_1',
    paymentId: 'tran_1',
    paidAt: '2024-10-12T11:58:47.109Z',
    amountPaidMinor: 1_210,
    unitAmountMinor: 1_000,
    taxAmountMinor: 210,
    url: null,
    period: { ...sold, endsAt: '2024-11-12T11:58:38.000Z' },
    isFirst: true,
  });
  expect(paidInvoice(transaction, null, false).period).toBeNull();
});
