import { changePlan, setCancelAtPeriodEnd } from '../../../src/sales/subscriptions/changeSubscription.ts';
import { subscribeByCard } from '../../../src/sales/subscriptions/subscribeByCard.ts';
import type { Subscription } from '../../../src/sales/subscriptions/subscription.ts';
import { auditWallet, readLedger } from '../../support/ledger.ts';
import { type Customer, newKey, Shop } from './shop.ts';

jest.setTimeout(300_000);

let shop: Shop;
beforeAll(async () => {
  shop = new Shop();
  await shop.open();
});
afterAll(() => shop.close());

const begin = (customer: Customer, planSlug: string, key = newKey()) =>
  subscribeByCard(shop.deps, customer.caller, { planSlug, currency: 'usd', createKey: false, keyName: 'key' }, key);

const creditsGranted = async ({ accountId }: Customer, walletId: string) =>
  (await readLedger(accountId, walletId, shop.db))
    .filter(({ kind }) => kind === 'grant')
    .map(({ amountCredits }) => amountCredits);

describe('a subscription', () => {
  it('is paid once with the saved card, and credits go to a wallet of its own', async () => {
    const customer = await shop.newCustomer('pm_card_visa');
    const key = newKey();
    const { subscription } = await begin(customer, 'team', key);
    expect(subscription).toMatchObject({ status: 'active', cancelAtPeriodEnd: false });
    expect((await begin(customer, 'team', key)).subscription.id).toBe(subscription.id);
    expect(await creditsGranted(customer, subscription.id)).toEqual([2_500]);
    expect(await customer.availableCredits()).toBe(0);
    const { data } = await shop.stripe.subscriptions.list({ customer: customer.customerId });
    expect(data).toMatchObject([{ id: subscription.providerSubscriptionId, status: 'active' }]);
    await auditWallet(customer.accountId, subscription.id, shop.db);
  });

  it('for a fixed term ends with it', async () => {
    const customer = await shop.newCustomer('pm_card_visa');
    const { subscription } = await begin(customer, 'standard');
    expect(subscription).toMatchObject({ status: 'active', cancelAtPeriodEnd: true });
    expect(await creditsGranted(customer, subscription.id)).toEqual([300]);
  });

  it('with a card that is declined is none', async () => {
    const customer = await shop.newCustomer('pm_card_chargeCustomerFail');
    await expect(begin(customer, 'team')).rejects.toMatchObject({ code: 'PAYMENT_DECLINED' });
    const { data } = await shop.stripe.subscriptions.list({ customer: customer.customerId });
    expect(data).toEqual([]);
    expect(await shop.deps.subscriptions.list(customer.accountId, 10)).toMatchObject([{ status: 'failed' }]);
  });

  it('can be canceled and resumed, and put on another plan without credits for that', async () => {
    const customer = await shop.newCustomer('pm_card_visa');
    const { id } = (await begin(customer, 'team')).subscription;
    const { accountId } = customer;
    expect(await setCancelAtPeriodEnd(shop.deps, accountId, id, true)).toMatchObject({ cancelAtPeriodEnd: true });
    expect(await setCancelAtPeriodEnd(shop.deps, accountId, id, false)).toMatchObject({ cancelAtPeriodEnd: false });
    const yearly = await changePlan(shop.deps, accountId, id, { planSlug: 'team', interval: 'year' });
    expect(yearly).toMatchObject({ period: { interval: 'year', credits: 30_000 } });
    expect(await creditsGranted(customer, id)).toEqual([2_500, 30_000]);
  });

  it('that is ended in the dashboard closes its wallet', async () => {
    const customer = await shop.newCustomer('pm_card_visa');
    const { subscription } = await begin(customer, 'team');
    await shop.stripe.subscriptions.cancel(subscription.providerSubscriptionId ?? '');
    await shop.reconcileUntil(() => subscriptionOnceItIs('canceled', subscription.id));
    const wallet = await auditWallet(customer.accountId, subscription.id, shop.db);
    expect(wallet).toMatchObject({ availableCredits: 0, closedAt: expect.any(String) });
  });
});

async function subscriptionOnceItIs(status: Subscription['status'], id: string): Promise<boolean> {
  return (await shop.deps.subscriptions.find(id))?.status === status;
}
