import { TestStripe } from '../testing/testStripe.ts';

describe('coupons', () => {
  let test: TestStripe;

  beforeEach(async () => {
    test = await TestStripe.start();
  });
  afterEach(() => test.stop());

  it('reduce the price of a session by a percentage', async () => {
    const coupon = await test.api.coupons.create({ id: 'third', percent_off: 33.3, name: 'A third' });
    expect(coupon).toMatchObject({ id: 'third', duration: 'once', valid: true, times_redeemed: 0 });
    const session = await test.paidSession({ discounts: [{ coupon: 'third' }] });
    expect(session).toMatchObject({
      amount_subtotal: 1000,
      amount_total: 667,
      total_details: { amount_discount: 333 },
      discounts: [{ coupon: 'third', promotion_code: null }],
      payment_intent: { amount_received: 667 },
    });
    const lines = await test.api.checkout.sessions.listLineItems(session.id);
    expect(lines.data).toMatchObject([{ amount_subtotal: 1000, amount_discount: 333, amount_total: 667 }]);
    expect(await test.api.coupons.retrieve('third')).toMatchObject({ times_redeemed: 1 });
  });

  it('reduce the price by an amount in each of their currencies, and never below zero', async () => {
    await test.api.coupons.create({
      id: 'ten',
      amount_off: 2_000,
      currency: 'usd',
      currency_options: { eur: { amount_off: 300 } },
    });
    expect(await test.openSession({ discounts: [{ coupon: 'ten' }] })).toMatchObject({
      amount_total: 0,
      payment_status: 'no_payment_required',
      status: 'open',
    });
    const inEuro = { quantity: 1, price_data: { currency: 'eur', unit_amount: 1000, product_data: { name: 'x' } } };
    const session = await test.openSession({ discounts: [{ coupon: 'ten' }], line_items: [inEuro] });
    expect(session).toMatchObject({ amount_total: 700 });
    const inPounds = { quantity: 1, price_data: { currency: 'gbp', unit_amount: 1000, product_data: { name: 'x' } } };
    await expect(test.openSession({ discounts: [{ coupon: 'ten' }], line_items: [inPounds] })).rejects.toMatchObject({
      param: 'discounts[0]',
    });
  });

  it('can reduce the price to zero, and then the session has no payment', async () => {
    await test.api.coupons.create({ id: 'all', percent_off: 100 });
    const { id } = await test.openSession({ discounts: [{ coupon: 'all' }] });
    expect((await test.submit(id, 'decline')).status).toBe(400);
    expect((await test.submit(id, 'pay')).status).toBe(303);
    expect(await test.api.checkout.sessions.retrieve(id)).toMatchObject({
      status: 'complete',
      payment_status: 'no_payment_required',
      payment_intent: null,
    });
  });

  it('cannot reduce the price below the smallest amount that can be charged', async () => {
    await test.api.coupons.create({ id: 'most', percent_off: 99 });
    await expect(test.openSession({ discounts: [{ coupon: 'most' }] })).rejects.toMatchObject({
      code: 'amount_too_small',
    });
  });

  it.each([
    [{}, 'exactly one'],
    [{ percent_off: 10, amount_off: 10, currency: 'usd' }, 'exactly one'],
    [{ percent_off: 0 }, 'percent_off'],
    [{ percent_off: 101 }, 'percent_off'],
    [{ amount_off: 10 }, 'currency'],
    [{ amount_off: 0, currency: 'usd' }, 'positive integer'],
    [{ percent_off: 10, duration: 'repeating' as const }, 'duration_in_months'],
    [{ percent_off: 10, redeem_by: 1 }, 'future'],
    [{ percent_off: 10, max_redemptions: 0 }, 'positive integer'],
  ])('are refused as %j', async (params, message) => {
    await expect(test.api.coupons.create(params)).rejects.toThrow(message);
  });

  it('have a unique id, and end after their last redemption or at their end time', async () => {
    const redeemBy = Math.floor(Date.now() / 1000) + 3600;
    await test.api.coupons.create({ id: 'once', percent_off: 10, max_redemptions: 1, redeem_by: redeemBy });
    await expect(test.api.coupons.create({ id: 'once', percent_off: 10 })).rejects.toMatchObject({
      code: 'resource_already_exists',
    });
    await test.paidSession({ discounts: [{ coupon: 'once' }] });
    expect(await test.api.coupons.retrieve('once')).toMatchObject({ valid: false });
    await expect(test.openSession({ discounts: [{ coupon: 'once' }] })).rejects.toThrow('not valid');
    await test.api.coupons.create({ id: 'soon', percent_off: 10, redeem_by: redeemBy });
    await test.control('POST', 'clock/advance', { seconds: 3601 });
    await expect(test.openSession({ discounts: [{ coupon: 'soon' }] })).rejects.toThrow('not valid');
  });

  describe('on subscriptions', () => {
    const subscribe = async (couponId: string) => {
      const { id: price } = await test.api.prices.create({
        currency: 'usd',
        unit_amount: 2000,
        recurring: { interval: 'month' },
        product_data: { name: 'Team' },
      });
      const { id } = await test.openSession({
        mode: 'subscription',
        line_items: [{ price, quantity: 1 }],
        discounts: [{ coupon: couponId }],
      });
      expect((await test.submit(id, 'pay')).status).toBe(303);
      return test.api.checkout.sessions.retrieve(id, { expand: ['invoice', 'subscription'] });
    };

    it('reduce only the first invoice', async () => {
      await test.api.coupons.create({ id: 'quarter', percent_off: 25 });
      const session = await subscribe('quarter');
      expect(session).toMatchObject({
        amount_total: 1500,
        invoice: { status: 'paid', subtotal: 2000, total: 1500, amount_paid: 1500 },
        subscription: { status: 'active' },
      });
      await test.control('POST', 'clock/advance', { seconds: 32 * 24 * 3600 });
      const { data } = await test.api.invoices.list({ subscription: (session.subscription as { id: string }).id });
      expect(data.map(({ subtotal, total }) => [subtotal, total])).toEqual([
        [2000, 2000],
        [2000, 1500],
      ]);
    });

    it('can reduce the first invoice to zero, and the card is kept for renewals', async () => {
      await test.api.coupons.create({ id: 'all', percent_off: 100 });
      const session = await subscribe('all');
      expect(session).toMatchObject({
        amount_total: 0,
        payment_status: 'no_payment_required',
        invoice: { status: 'paid', total: 0, amount_paid: 0 },
        subscription: { status: 'active', default_payment_method: expect.any(String) },
      });
    });

    it('of a longer duration are refused', async () => {
      await test.api.coupons.create({ id: 'ever', percent_off: 25, duration: 'forever' });
      await expect(subscribe('ever')).rejects.toThrow('does not implement');
    });
  });

  describe('promotion codes', () => {
    const create = (code: string, coupon = 'half') =>
      test.api.promotionCodes.create({ code, promotion: { type: 'coupon', coupon } });

    beforeEach(async () => {
      await test.api.coupons.create({ id: 'half', percent_off: 50 });
    });

    it('apply their coupon, in upper or lower case, and count redemptions', async () => {
      const code = await create('SPRING-26');
      const session = await test.paidSession({ discounts: [{ promotion_code: code.id }] });
      expect(session).toMatchObject({ amount_total: 500, discounts: [{ coupon: null, promotion_code: code.id }] });
      const { data } = await test.api.promotionCodes.list({ code: 'spring-26', coupon: 'half' });
      expect(data).toMatchObject([{ id: code.id, times_redeemed: 1 }]);
      await expect(create('Spring-26')).rejects.toThrow('already exists');
    });

    it('can be deactivated', async () => {
      const code = await create('SPRING');
      expect(await test.api.promotionCodes.update(code.id, { active: false })).toMatchObject({ active: false });
      await expect(test.openSession({ discounts: [{ promotion_code: code.id }] })).rejects.toThrow('not active');
      expect((await test.api.events.list({ type: 'promotion_code.updated' })).data).toHaveLength(1);
    });

    it.each(['ä', 'with space', 'under_score'])('cannot be %j', async (code) => {
      await expect(create(code)).rejects.toMatchObject({ param: 'code' });
    });
  });
});
