import Stripe from 'stripe';
import { isLost } from '../../sales/payments/payments.errors.ts';
import { callStripe, keyedBy, lostIn } from './callStripe.ts';

const refusal = (fields: { param?: string; code?: string; message?: string }) =>
  new Stripe.errors.StripeInvalidRequestError({
    type: 'invalid_request_error',
    message: 'No such thing',
    ...fields,
  } as never);
const missing = 'resource_missing';

describe('a refusal tells that Stripe lacks', () => {
  it.each([
    ['customer', { param: 'customer', code: missing }],
    ['price', { param: 'items[0][price]', code: missing }],
    ['price', { param: 'line_items[0][price]', message: 'The price specified is inactive.' }],
    ['discount', { param: 'discounts[0][promotion_code]', code: missing }],
    ['discount', { param: 'discounts[0][promotion_code]', message: 'This promotion code has ended.' }],
    ['payment method', { param: 'payment_method', code: missing }],
    ['portal configuration', { param: 'configuration', code: missing }],
    ['portal configuration', { param: 'configuration', message: 'The configuration is not active.' }],
  ] as const)('a %s: %j', async (thing, fields) => {
    expect(lostIn(refusal(fields))).toBe(thing);
    const call = callStripe(() => Promise.reject(refusal(fields)));
    await expect(call).rejects.toMatchObject({ code: 'PAYMENT_PROVIDER_REFUSED' });
    await expect(call.catch((error) => isLost(error, thing))).resolves.toBe(true);
  });

  it.each([
    ['another parameter', refusal({ param: 'currency', code: missing })],
    ['a customer refused for another reason', refusal({ param: 'customer' })],
    ['a price in another currency', refusal({ param: 'items[0][price]', message: 'Only supports usd.' })],
    ['no parameter', refusal({ code: missing })],
    ['an outage', new Stripe.errors.StripeConnectionError({ message: 'No such customer' } as never)],
    ['anything else', new Error('customer')],
  ])('nothing, for %s', (_name, error) => {
    expect(lostIn(error)).toBeNull();
  });
});

it('the same parameters have the same key, and other parameters another key', () => {
  const [params, { idempotencyKey }] = keyedBy('ord_1', { customer: 'cus_1', mode: 'payment' });
  expect(params).toEqual({ customer: 'cus_1', mode: 'payment' });
  expect(keyedBy('ord_1', { mode: 'payment', customer: 'cus_1' })[1]).toEqual({ idempotencyKey });
  expect(keyedBy('ord_1', { mode: 'payment', customer: 'cus_2' })[1].idempotencyKey).not.toBe(idempotencyKey);
  expect(keyedBy('ord_2', { mode: 'payment', customer: 'cus_1' })[1].idempotencyKey).not.toBe(idempotencyKey);
});
