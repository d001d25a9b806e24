import { runAutoTopUp } from '../../../src/sales/autoTopUps/runAutoTopUp.ts';
import { providerUnavailable } from '../../../src/sales/payments/payments.errors.ts';
import { saveCard } from '../../support/cards.ts';
import { withMethod } from '../../support/crash.ts';
import { runScheduled, suiteDeps } from '../../support/functionsTest.ts';
import { auditWallet, readLedger } from '../../support/ledger.ts';
import { type Key, type Person, personWithCredits } from '../../support/people.ts';
import { allWebhooksDelivered, control, resetLocalStripe, stripe } from '../../support/stripeControl.ts';
import { database } from '../../support/suite.ts';
import { withPorts } from '../../support/withPorts.ts';

let person: Person;
let key: Key;
beforeEach(async () => {
  ({ person, key } = await personWithCredits(100));
});
afterEach(resetLocalStripe);

const RULE = { enabled: true, thresholdCredits: 100, pack: 'starter', monthlyCap: 20 };
const put = (body: object) => person.send('PUT', '/billing/auto-topup', { body });
const state = async () => (await person.send('GET', '/billing/auto-topup')).expect(200).data;
const orders = async () => (await person.send('GET', '/billing/orders')).expect(200).data;
const spend = async (quantity = 1) => (await key.charge({ operation: 'presetShare', quantity })).expect(201);
/** Switches automatic top-up on while the balance is high enough, so that nothing is bought yet. */
async function switchOn(rule: object = {}, card = 'pm_card_visa'): Promise<void> {
  await saveCard(person, card);
  expect((await put({ ...RULE, ...rule })).expect(200).data.status).toBe('active');
}
/** Waits until every order that any process has started is settled. */
const sweep = () => runScheduled('sweepTopUps');
const notMade = () =>
  expect.objectContaining({ message: 'automatic top-up could not be made', accountId: person.accountId });

describe('a charge below the threshold', () => {
  it('triggers a purchase automatically', async () => {
    await switchOn();
    await spend();
    // The trigger makes the purchase; no sweep runs in this test.
    while ((await state()).spentThisMonth.unitAmountMinor === 0 || (await state()).orderInFlight !== null);
    expect(await orders()).toMatchObject([{ status: 'paid', kind: 'pack', method: 'automatic', pack: 'starter' }]);
    expect(await state()).toMatchObject({
      status: 'active',
      spentThisMonth: { unitAmountMinor: 999 },
      orderInFlight: null,
    });
    expect((await person.credits()).availableCredits).toBe(190);
    await auditWallet(person.accountId);
  });

  it('triggers one purchase, even among many charges at once', async () => {
    await switchOn({ monthlyCap: 1_000 });
    await Promise.all(Array.from({ length: 10 }, () => spend()));
    await Promise.all([sweep(), sweep(), sweep()]);
    await allWebhooksDelivered();
    expect(await orders()).toHaveLength(1);
    expect((await person.credits()).availableCredits).toBe(100);
    expect((await readLedger(person.accountId)).filter(({ kind }) => kind === 'purchase')).toHaveLength(1);
  });

  it('triggers nothing without a rule, above the threshold, or when automatic top-up is off', async () => {
    await spend();
    await sweep();
    await switchOn({ thresholdCredits: 90 });
    await sweep();
    expect((await put({ enabled: false })).expect(200).data).toMatchObject({ status: 'off', enabled: false });
    await spend(5);
    await sweep();
    expect(await orders()).toEqual([]);
  });
});

it('buys nothing for a deleted account, even if an instance notices the deletion late', async () => {
  await switchOn();
  await database().doc(`accounts/${person.accountId}`).update({ deletedAt: new Date().toISOString() });
  await spend();
  await runAutoTopUp(suiteDeps(), person.accountId);
  // An instance that still has the old state in memory.
  const believing = suiteDeps();
  const accounts = withMethod(believing.accounts, 'maySpend', async () => true);
  await runAutoTopUp({ ...believing, accounts }, person.accountId);
  expect(await believing.orders.list(person.accountId, { by: 'createdAt', limit: 5 })).toEqual([]);
});

it('buys an amount at the catalog’s rate', async () => {
  const { pack, ...amount } = { ...RULE, amount: 12.5, currency: 'gbp' };
  await saveCard(person);
  expect((await put(amount)).expect(200).data).toMatchObject({
    pack: null,
    price: { unitAmountMinor: 1_250, currency: 'gbp' },
    credits: 150,
  });
  await spend();
  await sweep();
  expect((await person.credits()).availableCredits).toBe(240);
  expect(await orders()).toMatchObject([{ kind: 'topup', description: 'Automatic top-up: 150 credits' }]);
});

it('buys at once if it is switched on while the balance is low', async () => {
  await spend();
  await switchOn({ monthlyCap: 9.99 });
  await sweep();
  expect(await orders()).toHaveLength(1);
});

it('keeps to the monthly cap, however often the balance falls', async () => {
  await switchOn({ monthlyCap: 20 });
  for (const quantity of [10, 10, 1, 1]) {
    await spend(quantity);
    await sweep();
  }
  expect(await orders()).toHaveLength(2);
  expect(await state()).toMatchObject({ status: 'capped', spentThisMonth: { unitAmountMinor: 1_998 } });
  expect((await person.credits()).availableCredits).toBe(80);
});

describe('a failed charge', () => {
  it.each([
    ['is declined', 'pm_card_chargeCustomerFail', 'failed', 'generic_decline'],
    ['needs a confirmation', 'pm_card_authenticationRequired', 'canceled', 'authentication_required'],
  ])(
    'of a card that %s pauses automatic top-up once, until it is switched on again',
    async (_name, card, status, code) => {
      await switchOn({}, card);
      await spend();
      await sweep();
      await spend();
      await sweep();
      const [order, ...more] = await orders();
      expect(more).toEqual([]);
      expect(order).toMatchObject({ status, lastPaymentError: { code } });
      expect(await state()).toMatchObject({
        status: 'paused',
        pause: { code, orderId: order.id },
        spentThisMonth: { unitAmountMinor: 0 },
      });
      await saveCard(person);
      expect((await put(RULE)).expect(200).data).toMatchObject({ pause: null });
      await sweep();
      expect((await person.credits()).availableCredits).toBe(180);
      expect(await orders()).toHaveLength(2);
    },
  );

  it('of a removed card pauses automatic top-up without an order', async () => {
    await saveCard(person);
    await put(RULE);
    const [card] = (await person.send('GET', '/billing/payment-methods')).data;
    (await person.send('DELETE', `/billing/payment-methods/${card.id}`)).expect(200);
    await spend();
    await sweep();
    expect(await state()).toMatchObject({ status: 'paused', pause: { code: 'payment_method_missing', orderId: null } });
    expect(await orders()).toEqual([]);
  });
});

it('does not buy refunded credits again', async () => {
  await switchOn({ monthlyCap: 1_000 });
  await spend();
  await sweep();
  const [{ paymentId }] = await orders();
  await stripe.refunds.create({ payment_intent: paymentId });
  await allWebhooksDelivered();
  expect((await person.credits()).availableCredits).toBe(90);
  await sweep();
  expect(await orders()).toHaveLength(1);
  expect(await state()).toMatchObject({ status: 'paused', pause: { code: 'payment_reversed', orderId: null } });
  (await put(RULE)).expect(200);
  await sweep();
  expect(await orders()).toHaveLength(2);
});

it('loses nothing and charges nothing twice while Stripe is unavailable', async () => {
  await switchOn({ monthlyCap: 1_000 });
  (await control('/_local/webhooks', { drop: true })).expect(200);
  const fault = { method: 'POST', path: '/v1/payment_intents', reset: true, afterEffect: true, times: 1_000 };
  (await control('/_local/faults', fault)).expect(200);
  await spend();
  expect(await sweep()).toContainEqual(notMade());
  expect(await orders()).toMatchObject([{ status: 'pending' }]);
  expect((await state()).orderInFlight).not.toBeNull();
  await spend();
  expect(await sweep()).toContainEqual(notMade());
  expect(await orders()).toHaveLength(1);
  (await control('/_local/faults', { clear: true })).expect(200);
  await sweep();
  const [order] = await orders();
  expect(order.status).toBe('paid');
  const payments = await stripe.paymentIntents.list({ limit: 100 }).autoPagingToArray({ limit: 10_000 });
  expect(payments.filter(({ metadata }) => metadata.orderId === order.id)).toHaveLength(1);
  expect((await person.credits()).availableCredits).toBe(180);
});

it('finishes an order in the next sweep after a crash right after the order was stored', async () => {
  await switchOn();
  const fault = { method: 'POST', path: '/v1/payment_intents', status: 500, times: 1_000 };
  (await control('/_local/faults', fault)).expect(200);
  await spend();
  expect(await sweep()).toContainEqual(notMade());
  const [order] = await orders();
  expect(order).toMatchObject({ status: 'pending', paymentId: null });
  // An order in flight is finished even after automatic top-up was switched off.
  await put({ enabled: false });
  (await control('/_local/faults', { clear: true })).expect(200);
  await sweep();
  expect(await orders()).toMatchObject([{ id: order.id, status: 'paid' }]);
  const stored = (await database().doc(`autoTopUps/${person.accountId}`).get()).data();
  expect(stored).toMatchObject({ inFlight: null, isWatched: false, orderCount: 1 });
});

it('charges an order in flight of a frozen account only after the account is unfrozen', async () => {
  await switchOn();
  const account = database().doc(`accounts/${person.accountId}`);
  const fault = { method: 'POST', path: '/v1/payment_intents', status: 500, times: 1_000 };
  (await control('/_local/faults', fault)).expect(200);
  await spend();
  expect(await sweep()).toContainEqual(notMade());
  expect(await orders()).toMatchObject([{ status: 'pending', paymentId: null }]);
  let charges = 0;
  // Each check uses another instance, which has no earlier state in memory.
  const run = async () => {
    const deps = suiteDeps();
    const payDirectly = async () => {
      charges += 1;
      throw providerUnavailable(new Error('no answer'));
    };
    const payments = withMethod(deps.providers.stripe.payments, 'payDirectly', payDirectly);
    await runAutoTopUp(
      { ...deps, providers: withPorts(deps.providers, 'stripe', { payments }) },
      person.accountId,
    ).catch(() => {});
  };
  await account.update({ frozenAt: new Date().toISOString() });
  await run();
  expect(charges).toBe(0);
  await account.update({ frozenAt: null });
  await run();
  expect(charges).toBe(1);
  (await control('/_local/faults', { clear: true })).expect(200);
  await sweep();
  expect(await orders()).toMatchObject([{ status: 'paid' }]);
  expect((await person.credits()).availableCredits).toBe(190);
});

describe('the rule', () => {
  it('requires a saved card', async () => {
    (await put(RULE)).expectError(402, 'PAYMENT_METHOD_REQUIRED');
    expect(await state()).toMatchObject({ status: 'off', enabled: false, thresholdCredits: null });
  });

  it.each([
    [{ thresholdCredits: undefined }, 'thresholdCredits', 'INVALID_REQUEST'],
    [{ monthlyCap: undefined }, 'monthlyCap', 'INVALID_REQUEST'],
    [{ monthlyCap: 9.98 }, 'monthlyCap', 'INVALID_REQUEST'],
    [{ pack: undefined }, 'amount', 'INVALID_REQUEST'],
    [{ amount: 10 }, 'amount', 'INVALID_REQUEST'],
    [{ pack: undefined, amount: 9 }, 'amount', 'AMOUNT_TOO_SMALL'],
    [{ pack: 'gigantic' }, 'pack', 'UNKNOWN_PACK'],
    [{ currency: 'chf' }, 'currency', 'UNKNOWN_CURRENCY'],
    [{ enabled: false }, 'pack', 'INVALID_REQUEST'],
    [{ thresholdCredits: 0 }, 'thresholdCredits', 'INVALID_REQUEST'],
  ])('with %j is refused and names %s', async (change, field, code) => {
    (await put({ ...RULE, ...change })).expectError(400, code, field);
  });
});
