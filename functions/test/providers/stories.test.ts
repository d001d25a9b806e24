import { runScheduled } from '../support/functionsTest.ts';
import { auditWallet, readLedger } from '../support/ledger.ts';
import { newPerson, type Person } from '../support/people.ts';
import { orderOf } from '../support/stripeControl.ts';
import { TESTED_PROVIDERS } from './providers.ts';

// Guarantees for the orders of every provider.
describe.each(TESTED_PROVIDERS)('through $name', (provider) => {
  let person: Person;
  beforeEach(async () => {
    person = await newPerson();
  });
  afterEach(() => provider.reset());

  const order = async (body: Record<string, unknown> = { pack: 'starter' }) => {
    const options = { body: { ...body, provider: provider.name } };
    return (await person.send('POST', '/billing/checkout', options)).expect(201).data;
  };

  /** Creates a paid order of the starter pack whose events the backend has received. */
  async function paid() {
    const { orderId, url, sessionId } = await order();
    (await provider.onPage(url, 'pay')).expect(303);
    await provider.delivered();
    const { paymentId } = await orderOf(person, orderId);
    return { orderId, sessionId, paymentId };
  }

  const kinds = async () => (await readLedger(person.accountId)).map(({ kind }) => kind);

  it("an order is pending until it is paid, and then credited under its payment's id", async () => {
    const { orderId, url } = await order();
    expect(await orderOf(person, orderId)).toMatchObject({
      status: 'pending',
      provider: provider.name,
      paymentId: null,
    });
    (await provider.onPage(url, 'pay')).expect(303);
    await provider.delivered();
    const { status, paymentId, transactionId, total } = await orderOf(person, orderId);
    expect([status, total.unitAmountMinor]).toEqual(['paid', 999]);
    expect(transactionId).toBe(`${provider.name}_${paymentId}`);
    expect((await person.credits()).availableCredits).toBe(100);
    await auditWallet(person.accountId);
  });

  it('an order stays pending after a declined card, and can still be paid', async () => {
    const { orderId, url } = await order();
    (await provider.onPage(url, 'decline')).expect(402);
    await provider.delivered();
    expect((await orderOf(person, orderId)).status).toBe('pending');
    expect(await kinds()).toEqual([]);
    (await provider.onPage(url, 'pay')).expect(303);
    await provider.delivered();
    expect((await orderOf(person, orderId)).status).toBe('paid');
  });

  it('a payment credits once, in whatever way its events arrive', async () => {
    await provider.confuse();
    const orders = await Promise.all([order(), order(), order()]);
    await Promise.all(orders.map(({ url }) => provider.onPage(url, 'pay')));
    await provider.delivered();
    await Promise.all(
      orders.flatMap(({ sessionId }) => [provider.tellAgain(sessionId), provider.tellAgain(sessionId)]),
    );
    expect(await kinds()).toEqual(['purchase', 'purchase', 'purchase']);
    expect((await person.credits()).availableCredits).toBe(300);
    await auditWallet(person.accountId);
  });

  it('a refund revokes the same share of the credits as of the money, rounded down, once', async () => {
    await provider.confuse();
    const { orderId, paymentId } = await paid();
    await provider.refund(paymentId, 333);
    await provider.delivered();
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'partially_refunded', revokedCredits: 33 });
    await provider.refund(paymentId, 666);
    await provider.delivered();
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'refunded', revokedCredits: 100 });
    expect(await kinds()).toEqual(['purchase', 'revocation', 'revocation']);
    await auditWallet(person.accountId);
  });

  it('a dispute revokes the credits and leaves a debt for spent ones; winning it gives them back', async () => {
    const { orderId, paymentId } = await paid();
    const key = await person.createKey();
    (await key.charge({ operation: 'presetShare', quantity: 3 })).expect(201);
    await provider.dispute(paymentId);
    await provider.delivered();
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'disputed', revokedCredits: 100 });
    expect(await person.credits()).toMatchObject({ debtCredits: 30 });
    await provider.winDispute(paymentId);
    await provider.delivered();
    // Some providers send no event for this, so the reconciliation has to ask.
    await runScheduled('reconcilePayments');
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'paid', revokedCredits: 0 });
    expect(await person.credits()).toMatchObject({ availableCredits: 70, debtCredits: 0 });
    await auditWallet(person.accountId);
  });

  it('a plan has its own wallet, which its payment credits once', async () => {
    await provider.confuse();
    const { orderId, url } = await order({ planSlug: 'team' });
    (await provider.onPage(url, 'pay')).expect(303);
    await provider.delivered();
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'paid', kind: 'plan', provider: provider.name });
    const { subscriptions } = (await person.send('GET', '/billing/status')).expect(200).data;
    expect(subscriptions).toMatchObject([{ status: 'active', provider: provider.name, availableCredits: 2_500 }]);
    expect((await person.credits()).availableCredits).toBe(0);
    await auditWallet(person.accountId, subscriptions[0].walletId);
  });
});
