import { startCheckout } from '../../../src/sales/checkout/startCheckout.ts';
import { ensureCustomer } from '../../../src/sales/customers/ensureCustomer.ts';
import { isCardOrder, type Order } from '../../../src/sales/orders/order.ts';
import {
  listPaymentMethods,
  removePaymentMethod,
  setDefaultPaymentMethod,
} from '../../../src/sales/paymentMethods/changePaymentMethods.ts';
import { startSetupIntent } from '../../../src/sales/paymentMethods/startSetup.ts';
import { refundOrder } from '../../../src/sales/refunds/refundOrder.ts';
import { startTopUp } from '../../../src/sales/topups/startTopUp.ts';
import { auditWallet, readLedger } from '../../support/ledger.ts';
import { refundingOperator } from '../../support/operator.ts';
import { type Customer, newKey, PAGE, Shop } from './shop.ts';

// What a script can do at Stripe itself: pages are for people, so what is paid here is paid with saved test cards; and
// no webhook reaches this machine, so everything is heard of from Stripe's list of events.

jest.setTimeout(300_000);

let shop: Shop;
beforeAll(async () => {
  shop = new Shop();
  await shop.open();
});
afterAll(() => shop.close());

const topUp = (customer: Customer, key = newKey()) =>
  startTopUp(shop.deps, customer.caller, { amount: 12.5, currency: 'usd', method: 'stripe_direct' }, key);

async function paidTopUp(card = 'pm_card_visa'): Promise<{ customer: Customer; order: Order; paymentId: string }> {
  const customer = await shop.newCustomer(card);
  const { order } = await topUp(customer);
  return { customer, order, paymentId: order.paymentId ?? '' };
}

const onlyOrderOf = async ({ accountId }: Customer): Promise<Order> => {
  const [order] = await shop.deps.orders.list(accountId, { by: 'createdAt', limit: 2 });
  if (!order) throw new Error('there is no order');
  return order;
};

describe('a customer', () => {
  it('is made once, however many need it at once', async () => {
    const { accountId } = await shop.newCustomer();
    const ids = await Promise.all(Array.from({ length: 4 }, () => ensureCustomer(shop.deps, accountId)));
    expect(new Set(ids).size).toBe(1);
    expect(await shop.stripe.customers.retrieve(ids[0] ?? '')).toMatchObject({ metadata: { accountId } });
  });

  it('saves cards, which are shown, made the default and removed', async () => {
    const customer = await shop.newCustomer();
    const { clientSecret } = await startSetupIntent(shop.deps, customer.accountId, null);
    const [setupId = ''] = clientSecret.split('_secret_');
    await shop.stripe.setupIntents.confirm(setupId, { payment_method: 'pm_card_visa', return_url: PAGE.successUrl });
    const second = await customer.saveCard('pm_card_visa');
    const methods = await listPaymentMethods(shop.deps, customer.accountId);
    expect(methods).toHaveLength(2);
    expect(methods).toContainEqual(expect.objectContaining({ id: second, last4: '4242', isDefault: true }));
    const first = methods.find(({ id }) => id !== second)?.id ?? '';
    expect(await setDefaultPaymentMethod(shop.deps, customer.accountId, first)).toMatchObject({ isDefault: true });
    await removePaymentMethod(shop.deps, customer.accountId, second);
    expect(await listPaymentMethods(shop.deps, customer.accountId)).toMatchObject([{ id: first, isDefault: true }]);
  });
});

describe('a top-up with a saved card', () => {
  it('is credited once, however often it is asked for and told of', async () => {
    const customer = await shop.newCustomer('pm_card_visa');
    const key = newKey();
    const { order } = await topUp(customer, key);
    expect(order).toMatchObject({ status: 'paid', credits: 125, receipt: { paidAmountMinor: 1_250 } });
    expect(await topUp(customer, key)).toMatchObject({ replayed: true, order: { paymentId: order.paymentId } });
    await shop.reconcileUntil(() => isHeardOf('payment_intent.succeeded', order.paymentId ?? ''));
    expect(await readLedger(customer.accountId, 'main', shop.db)).toHaveLength(1);
    expect(await auditWallet(customer.accountId, 'main', shop.db)).toMatchObject({ availableCredits: 125 });
    const { data } = await shop.stripe.paymentIntents.list({ customer: customer.customerId });
    expect(data).toHaveLength(1);
  });

  it('that is declined says so, and credits nothing', async () => {
    const customer = await shop.newCustomer('pm_card_chargeCustomerFail');
    await expect(topUp(customer)).rejects.toMatchObject({ code: 'PAYMENT_DECLINED' });
    expect((await onlyOrderOf(customer)).status).toBe('failed');
    expect(await customer.availableCredits()).toBe(0);
  });

  it('whose bank wants to see the cardholder says so, and is given up after a day', async () => {
    const customer = await shop.newCustomer('pm_card_authenticationRequired');
    await expect(topUp(customer)).rejects.toMatchObject({ code: 'PAYMENT_AUTHENTICATION_REQUIRED' });
    const order = await onlyOrderOf(customer);
    const intentId = isCardOrder(order) ? order.direct.intentId : null;
    shop.passDays(1.5);
    await shop.orderOnceIt('canceled', order.id);
    expect((await shop.stripe.paymentIntents.retrieve(intentId ?? '')).status).toBe('canceled');
    shop.passDays(-1.5);
  });
});

/** Whether an event about an object has been handled here. */
async function isHeardOf(type: string, objectId: string): Promise<boolean> {
  const { data } = await shop.stripe.events.list({ type, limit: 100 });
  const event = data.find((candidate) => (candidate.data.object as { id?: string }).id === objectId);
  return event !== undefined && shop.deps.incomingEvents.isMarked({ provider: 'stripe', eventId: event.id });
}

describe('a page for a pack', () => {
  it('asks for the price of the pack, is opened once, and closes the order when it has expired', async () => {
    const customer = await shop.newCustomer();
    const key = newKey();
    const start = () => startCheckout(shop.deps, customer.caller, { ...PAGE, pack: 'growth' }, key);
    const { order, checkout } = await start();
    expect(await start()).toMatchObject({ replayed: true, checkout: { sessionId: checkout.sessionId } });
    const session = await shop.stripe.checkout.sessions.retrieve(checkout.sessionId);
    expect(session).toMatchObject({ amount_total: 2_499, currency: 'usd', customer: customer.customerId });
    await shop.stripe.checkout.sessions.expire(checkout.sessionId);
    await shop.orderOnceIt('expired', order.id);
  });
});

describe('money that goes back', () => {
  it("by an operator's refund takes the same share of the credits", async () => {
    const { customer, order } = await paidTopUp();
    const refund = (request: { amountMinor?: number }, key = newKey()) =>
      refundOrder(shop.deps, refundingOperator(key), order.id, { ...request, reason: 'requested_by_customer' }, key);
    const key = newKey();
    const part = await refund({ amountMinor: 250 }, key);
    expect(part.order).toMatchObject({ status: 'partially_refunded', reversal: { revokedCredits: 25 } });
    expect((await refund({ amountMinor: 250 }, key)).refund.providerRefundId).toBe(part.refund.providerRefundId);
    expect((await refund({})).order).toMatchObject({ status: 'refunded', reversal: { revokedCredits: 125 } });
    await expect(refund({})).rejects.toMatchObject({ code: 'ORDER_NOT_REFUNDABLE' });
    expect(await auditWallet(customer.accountId, 'main', shop.db)).toMatchObject({ availableCredits: 0 });
  });

  it('by a refund from the dashboard is heard of', async () => {
    const { customer, order, paymentId } = await paidTopUp();
    await shop.stripe.refunds.create({ payment_intent: paymentId, amount: 500 });
    const { reversal } = await shop.orderOnceIt('partially_refunded', order.id);
    expect(reversal).toMatchObject({ refundedAmountMinor: 500, revokedCredits: 50 });
    expect(await customer.availableCredits()).toBe(75);
  });

  it('by a dispute takes the credits, and one that is given up keeps them', async () => {
    const { customer, order, paymentId } = await paidTopUp('pm_card_createDispute');
    const { reversal } = await shop.orderOnceIt('disputed', order.id);
    expect(reversal).toMatchObject({ disputedAmountMinor: 1_250, revokedCredits: 125 });
    const [dispute] = (await shop.stripe.disputes.list({ payment_intent: paymentId })).data;
    await shop.stripe.disputes.close(dispute?.id ?? '');
    await shop.reconcileUntil(() => isHeardOf('charge.dispute.closed', dispute?.id ?? ''));
    expect(await shop.deps.orders.find(order.id)).toMatchObject({ status: 'disputed' });
    expect(await auditWallet(customer.accountId, 'main', shop.db)).toMatchObject({ availableCredits: 0 });
  });
});
