import { TestStripe } from '../testing/testStripe.ts';

let test: TestStripe;
beforeEach(async () => {
  test = await TestStripe.start();
});
afterEach(() => test.stop());

describe('a deleted customer', () => {
  it('emits an event, is shown as deleted, and cannot be used any more', async () => {
    const customer = await test.api.customers.create();
    await test.api.paymentMethods.attach('pm_card_visa', { customer: customer.id });
    expect(await test.api.customers.del(customer.id)).toMatchObject({ id: customer.id, deleted: true });
    expect(await test.api.customers.retrieve(customer.id)).toMatchObject({ deleted: true });
    const missing = { code: 'resource_missing', param: 'customer' };
    await expect(test.openSession({ customer: customer.id })).rejects.toMatchObject(missing);
    await expect(test.api.setupIntents.create({ customer: customer.id })).rejects.toMatchObject(missing);
    await expect(test.api.customers.update(customer.id, { name: 'A' })).rejects.toMatchObject({ statusCode: 404 });
    await expect(test.api.customers.listPaymentMethods(customer.id)).rejects.toMatchObject({ statusCode: 404 });
    await expect(test.api.customers.del(customer.id)).rejects.toMatchObject({ statusCode: 404 });
    expect((await test.api.customers.list()).data).toEqual([]);
  });

  it('has no active subscription any more', async () => {
    const customer = await test.api.customers.create();
    const card = await test.api.paymentMethods.attach('pm_card_visa', { customer: customer.id });
    const price = await test.api.prices.create({
      currency: 'usd',
      unit_amount: 1_000,
      recurring: { interval: 'month' },
      product_data: { name: 'Plan' },
    });
    const { id } = await test.api.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      default_payment_method: card.id,
    });
    await test.api.customers.del(customer.id);
    expect(await test.api.subscriptions.retrieve(id)).toMatchObject({ status: 'canceled' });
  });
});

describe('a deleted coupon', () => {
  it('makes its promotion codes invalid, and its id and codes can be used again', async () => {
    const params = { id: 'TEN', percent_off: 10, duration: 'once' } as const;
    await test.api.coupons.create(params);
    const promotion = { type: 'coupon', coupon: 'TEN' } as const;
    const code = await test.api.promotionCodes.create({ code: 'TEN', promotion });
    const { id: open } = await test.openSession({ discounts: [{ promotion_code: code.id }] });
    expect(await test.api.coupons.del('TEN')).toMatchObject({ id: 'TEN', deleted: true });
    await expect(test.api.coupons.retrieve('TEN')).rejects.toMatchObject({ code: 'resource_missing' });
    expect((await test.api.promotionCodes.list({ code: 'TEN' })).data).toMatchObject([{ active: false }]);
    await expect(test.openSession({ discounts: [{ promotion_code: code.id }] })).rejects.toMatchObject({
      param: 'discounts[0][promotion_code]',
    });
    expect((await test.submit(open, 'pay')).status).toBe(303);
    await test.api.coupons.create(params);
    const again = await test.api.promotionCodes.create({ code: 'TEN', promotion });
    expect(again).toMatchObject({ active: true });
    expect(await test.openSession({ discounts: [{ promotion_code: again.id }] })).toMatchObject({ amount_total: 900 });
  });
});
