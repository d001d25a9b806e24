import { type CreemCheckout, checkoutSchema } from './creem.schemas.ts';
import { checkoutState, orderIdOf } from './creemCheckouts.ts';
import { mismatchOf } from './creemProducts.ts';

const ORDER_ID = `ord_${'a'.repeat(32)}`;
const order = { transaction: 'tran_1', amount: 999, currency: 'USD', status: 'paid' };

/** Returns a checkout as Creem's API may send it. */
const checkout = (fields: Record<string, unknown>): CreemCheckout =>
  checkoutSchema.parse({ id: 'ch_1', status: 'pending', product: 'prod_1', ...fields });

it.each([
  [{}, { status: 'open' }],
  [{ status: 'processing' }, { status: 'processing' }],
  [{ status: 'something new' }, { status: 'processing' }],
  [{ status: 'expired' }, { status: 'expired' }],
  [{ status: 'completed' }, { status: 'processing' }],
  [{ status: 'completed', order: { ...order, status: 'pending' } }, { status: 'processing' }],
  [
    { status: 'completed', order },
    { status: 'paid', paymentId: 'tran_1' },
  ],
  [
    { status: 'completed', order: { ...order, transaction: null } },
    { status: 'paid', paymentId: 'ch_1' },
  ],
])('a checkout with %j has the state %j', (fields, state) => {
  expect(checkoutState(checkout(fields))).toMatchObject(state);
});

it.each([
  [{ request_id: ORDER_ID }, ORDER_ID],
  [{ metadata: { orderId: ORDER_ID } }, ORDER_ID],
  [{ request_id: 'shop/4711', metadata: { orderId: 4_711 } }, null],
  [{ request_id: null, metadata: null }, null],
  [{}, null],
])('a checkout with %j belongs to the order %s', (fields, orderId) => {
  expect(orderIdOf(checkout(fields))).toBe(orderId);
});

it('related objects are read whether Creem sends them whole or as ids', () => {
  const whole = checkout({ customer: { id: 'cust_1', email: 'x@example.com' }, subscription: { id: 'sub_1' } });
  expect(whole).toMatchObject({ customer: 'cust_1', subscription: 'sub_1' });
  expect(checkout({ customer: 'cust_1' }).customer).toBe('cust_1');
});

describe('a product', () => {
  const product = { id: 'prod_1', price: 999, currency: 'USD', billing_type: 'onetime', billing_period: 'once' };
  const monthly = { ...product, billing_type: 'recurring', billing_period: 'every-month' };
  const pack = { billing: 'onetime', billingPeriod: null, currency: 'usd', unitAmountMinor: 999 } as const;
  const plan = { ...pack, billing: 'recurring', billingPeriod: 'every-month' } as const;

  it.each([
    ['as it was ordered', product, pack],
    ["at another price, which the catalog's price replaces", { ...product, price: 1 }, pack],
    ['that is a term of any length', { ...monthly, billing_period: 'every-year' }, { ...plan, billingPeriod: null }],
    ['that is a plan', monthly, plan],
  ])('%s can be sold', (_name, sold, demand) => expect(mismatchOf(sold, demand)).toBeNull());

  it.each([
    ['that is archived', { ...product, status: 'archived' }, pack, 'is archived'],
    ['in another currency', { ...product, currency: 'EUR' }, pack, 'is sold in eur, not usd'],
    ['that recurs', monthly, pack, 'is recurring, not onetime'],
    ["that doesn't recur", product, plan, 'is onetime, not recurring'],
    ['with another period', monthly, { ...plan, billingPeriod: 'every-year' } as const, 'is billed every-month'],
    ['that is a plan at another price', { ...monthly, price: 1 }, plan, 'costs 1, not 999'],
    ['that is too cheap for a custom price', product, { ...pack, unitAmountMinor: 99 }, 'costs 999, not 99'],
  ])("%s can't be sold", (_name, sold, demand, why) => expect(mismatchOf(sold, demand)).toContain(why));
});
