import { TestStripe } from '../testing/testStripe.ts';

describe('money that is returned', () => {
  let test: TestStripe;

  beforeEach(async () => {
    test = await TestStripe.start();
  });
  afterEach(() => test.stop());

  const balance = async () => {
    const movements = await test.api.balanceTransactions.list().autoPagingToArray({ limit: 100 });
    return movements.reduce((sum, { amount }) => sum + amount, 0);
  };

  describe('refunds', () => {
    it('can be partial until the whole charge is refunded', async () => {
      const { payment_intent: intent } = await test.paidSession();
      const first = await test.api.refunds.create({ payment_intent: intent.id, amount: 300, metadata: { a: '1' } });
      expect(first).toMatchObject({ amount: 300, status: 'succeeded', metadata: { a: '1' } });
      await expect(test.api.refunds.create({ payment_intent: intent.id, amount: 701 })).rejects.toMatchObject({
        param: 'amount',
        message: expect.stringContaining('greater than unrefunded amount'),
      });
      const rest = await test.api.refunds.create({
        charge: String(intent.latest_charge),
        reason: 'requested_by_customer',
      });
      expect(rest).toMatchObject({ amount: 700, reason: 'requested_by_customer' });
      await expect(test.api.refunds.create({ payment_intent: intent.id })).rejects.toMatchObject({
        code: 'charge_already_refunded',
      });
      const charge = await test.api.charges.retrieve(String(intent.latest_charge), { expand: ['refunds'] });
      expect(charge).toMatchObject({ amount_refunded: 1000, refunded: true });
      expect(charge.refunds?.data.map(({ amount }) => amount)).toEqual([700, 300]);
      expect(await balance()).toBe(0);
    });

    it('emit events with the previous attributes', async () => {
      const { payment_intent: intent } = await test.paidSession();
      await test.api.refunds.create({ payment_intent: intent.id, amount: 300 });
      const [refunded] = (await test.api.events.list({ type: 'charge.refunded' })).data;
      expect(refunded?.data).toMatchObject({
        object: { amount_refunded: 300, refunded: false },
        previous_attributes: { amount_refunded: 0 },
      });
      await test.flush();
      expect(test.receiver.types.slice(-2)).toEqual(['charge.refunded', 'refund.created']);
    });

    it('can be listed by payment, and can have metadata', async () => {
      const [one, two] = [await test.paidSession(), await test.paidSession()];
      const refund = await test.api.refunds.create({ payment_intent: one.payment_intent.id });
      await test.api.refunds.create({ payment_intent: two.payment_intent.id });
      const list = await test.api.refunds.list({ payment_intent: one.payment_intent.id });
      expect(list.data.map(({ id }) => id)).toEqual([refund.id]);
      await test.api.refunds.update(refund.id, { metadata: { ticket: '7' } });
      expect(await test.api.refunds.retrieve(refund.id)).toMatchObject({ metadata: { ticket: '7' } });
    });

    it.each([
      ['nothing', {}, 'payment_intent or charge'],
      ['an unknown payment', { payment_intent: 'pi_none' }, 'No such payment_intent'],
    ])('of %s are refused', async (_name, params, message) => {
      await expect(test.api.refunds.create(params)).rejects.toThrow(message);
    });

    it('of an amount below 1 are refused', async () => {
      const { payment_intent: intent } = await test.paidSession();
      for (const amount of [0, -5]) {
        await expect(test.api.refunds.create({ payment_intent: intent.id, amount })).rejects.toMatchObject({
          code: 'parameter_invalid_integer',
          param: 'amount',
        });
      }
    });

    it('of a payment that has not settled are refused', async () => {
      const { id } = await test.openSession();
      await test.submit(id, 'delayed');
      const intent = String((await test.api.checkout.sessions.retrieve(id)).payment_intent);
      await expect(test.api.refunds.create({ payment_intent: intent })).rejects.toMatchObject({ statusCode: 400 });
    });
  });

  describe('refunds that complete later', () => {
    const paidWith = async (card: string) => {
      const { id } = await test.openSession();
      expect((await test.submit(id, 'pay', { card })).status).toBe(303);
      return String((await test.api.checkout.sessions.retrieve(id)).payment_intent);
    };

    it('are pending first, and then succeed', async () => {
      const intent = await paidWith('pm_card_pendingRefund');
      const refund = await test.api.refunds.create({ payment_intent: intent });
      expect(refund).toMatchObject({ status: 'pending', pending_reason: 'processing' });
      await expect(test.api.refunds.create({ payment_intent: intent })).rejects.toMatchObject({
        code: 'charge_already_refunded',
      });
      expect(await test.control('POST', `payments/${intent}`, { action: 'settleRefund' })).toMatchObject({
        status: 200,
      });
      expect(await test.api.refunds.retrieve(refund.id)).toMatchObject({ status: 'succeeded' });
      const [updated] = (await test.api.events.list({ type: 'refund.updated' })).data;
      expect(updated?.data.previous_attributes).toMatchObject({ status: 'pending' });
      expect(await test.control('POST', `payments/${intent}`, { action: 'settleRefund' })).toMatchObject({
        status: 409,
      });
    });

    it.each(['pm_card_pendingRefund', 'pm_card_refundFail'])('can fail later: %s', async (card) => {
      const intent = await paidWith(card);
      const before = await balance();
      const refund = await test.api.refunds.create({ payment_intent: intent, amount: 400 });
      await test.control('POST', `payments/${intent}`, { action: 'failRefund' });
      expect(await test.api.refunds.retrieve(refund.id)).toMatchObject({
        status: 'failed',
        failure_reason: 'lost_or_stolen_card',
        failure_balance_transaction: expect.any(String),
      });
      const { latest_charge: charge } = await test.api.paymentIntents.retrieve(intent, { expand: ['latest_charge'] });
      expect(charge).toMatchObject({ amount_refunded: 0, refunded: false });
      expect(await balance()).toBe(before);
      await test.flush();
      expect(test.receiver.types.slice(-2)).toEqual(['refund.updated', 'refund.failed']);
      expect(await test.control('POST', `payments/${intent}`, { action: 'failRefund' })).toMatchObject({ status: 409 });
    });

    it('need a working card, and can only end if they exist', async () => {
      const { id } = await test.openSession();
      expect((await test.submit(id, 'pay', { card: 'pm_card_chargeDeclined' })).status).toBe(400);
      const { payment_intent: intent } = await test.paidSession();
      expect(await test.control('POST', `payments/${intent.id}`, { action: 'failRefund' })).toMatchObject({
        status: 409,
      });
    });
  });

  describe('inquiries', () => {
    it('take no money, allow refunds, and can be closed', async () => {
      const { payment_intent: intent } = await test.paidSession();
      const { body } = await test.control('POST', `payments/${intent.id}`, { action: 'inquire' });
      expect(body).toMatchObject({ disputeStatus: 'warning_needs_response' });
      expect(await test.api.disputes.retrieve(String(body.dispute))).toMatchObject({
        is_charge_refundable: true,
        balance_transactions: [],
      });
      expect(await test.api.refunds.create({ payment_intent: intent.id, amount: 100 })).toMatchObject({ amount: 100 });
      expect(await test.control('POST', `payments/${intent.id}`, { action: 'winDispute' })).toMatchObject({
        status: 409,
      });
      expect(await test.control('POST', `payments/${intent.id}`, { action: 'closeInquiry' })).toMatchObject({
        body: { disputeStatus: 'warning_closed' },
      });
      expect(await balance()).toBe(900);
    });

    it('can become disputes', async () => {
      const { id } = await test.openSession();
      await test.submit(id, 'pay', { card: 'pm_card_createDisputeInquiry' });
      await test.control('POST', `payments/${id}`, { action: 'escalateInquiry' });
      expect(await balance()).toBe(0);
      await test.flush();
      expect(test.receiver.types.slice(-3)).toEqual([
        'charge.dispute.created',
        'charge.dispute.updated',
        'charge.dispute.funds_withdrawn',
      ]);
      expect(await test.control('POST', `payments/${id}`, { action: 'escalateInquiry' })).toMatchObject({
        status: 409,
      });
    });
  });

  describe('disputes', () => {
    it('that are won do not prevent refunds', async () => {
      const { id, payment_intent: intent } = await test.paidSession();
      await test.control('POST', `payments/${id}`, { action: 'dispute' });
      await test.control('POST', `payments/${id}`, { action: 'winDispute' });
      expect(await test.api.refunds.create({ payment_intent: intent.id })).toMatchObject({ amount: 1000 });
    });

    it('take the money, and return it when they are won', async () => {
      const { id, payment_intent: intent } = await test.paidSession();
      const opened = await test.control('POST', `payments/${intent.id}`, { action: 'dispute' });
      expect(opened.body).toMatchObject({ disputeStatus: 'needs_response' });
      expect(await test.api.charges.retrieve(String(intent.latest_charge))).toMatchObject({ disputed: true });
      expect(await balance()).toBe(0);
      await test.control('POST', `payments/${id}`, { action: 'winDispute' });
      expect(await test.api.disputes.retrieve(String(opened.body.dispute))).toMatchObject({
        status: 'won',
        amount: 1000,
      });
      expect(await balance()).toBe(1000);
      await test.flush();
      expect(test.receiver.types.slice(-4)).toEqual([
        'charge.dispute.created',
        'charge.dispute.funds_withdrawn',
        'charge.dispute.funds_reinstated',
        'charge.dispute.closed',
      ]);
    });

    it('do not return the money when they are lost or accepted', async () => {
      const [one, two] = [await test.paidSession(), await test.paidSession()];
      await test.control('POST', `payments/${one.id}`, { action: 'dispute' });
      await test.control('POST', `payments/${one.id}`, { action: 'loseDispute' });
      const { body } = await test.control('POST', `payments/${two.id}`, { action: 'dispute' });
      await test.api.disputes.close(String(body.dispute));
      const { data } = await test.api.disputes.list();
      expect(data.map(({ status }) => status)).toEqual(['lost', 'lost']);
      expect(await balance()).toBe(0);
    });

    it('take only the amount that was not refunded, and prevent further refunds', async () => {
      const { payment_intent: intent } = await test.paidSession();
      await test.api.refunds.create({ payment_intent: intent.id, amount: 400 });
      const { body } = await test.control('POST', `payments/${intent.id}`, { action: 'dispute' });
      expect(await test.api.disputes.retrieve(String(body.dispute))).toMatchObject({ amount: 600 });
      await expect(test.api.refunds.create({ payment_intent: intent.id })).rejects.toMatchObject({
        code: 'charge_disputed',
      });
    });

    it('end only once, and need a charge', async () => {
      const { id } = await test.paidSession();
      expect(await test.control('POST', `payments/${id}`, { action: 'winDispute' })).toMatchObject({ status: 409 });
      await test.control('POST', `payments/${id}`, { action: 'dispute' });
      expect(await test.control('POST', `payments/${id}`, { action: 'dispute' })).toMatchObject({ status: 409 });
      await test.control('POST', `payments/${id}`, { action: 'loseDispute' });
      expect(await test.control('POST', `payments/${id}`, { action: 'winDispute' })).toMatchObject({ status: 409 });
      const open = await test.openSession();
      expect(await test.control('POST', `payments/${open.id}`, { action: 'dispute' })).toMatchObject({ status: 409 });
      expect(await test.control('POST', 'payments/pi_none', { action: 'dispute' })).toMatchObject({ status: 404 });
    });
  });
});
