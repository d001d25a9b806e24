import type { Reply } from '../../support/apiClient.ts';
import { send } from '../../support/apiClient.ts';
import { suiteDeps } from '../../support/functionsTest.ts';
import { takeLogged } from '../../support/logged.ts';
import { allWebhooksDelivered, stripe } from '../../support/stripeControl.ts';
import { DAY_SECONDS, Subscriber } from '../../support/subscriptions.ts';
import { HOSTING_URL, STRIPE_URL } from '../../support/suite.ts';

const onPage = (url: string, form: Record<string, string>): Promise<Reply> =>
  send(
    'POST',
    new URL(url).pathname,
    {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      rawBody: String(new URLSearchParams(form)),
    },
    STRIPE_URL,
  );
const portalOf = async ({ person }: Subscriber, key?: string): Promise<string> =>
  (
    await person.send('POST', '/billing/portal', { body: { returnUrl: `${HOSTING_URL}/` }, idempotencyKey: key })
  ).expect(201).data.url;
const ours = async (active = true) => {
  const { data } = await stripe.billingPortal.configurations.list({ active, limit: 100 });
  return data.filter(({ metadata }) => metadata?.purpose?.startsWith('cloud-bridge-billing-'));
};

async function subscribed() {
  const subscriber = await Subscriber.create();
  const { data } = (await subscriber.subscribe()).expect(201);
  return { subscriber, id: data.subscriptionId as string, subscription: data.stripeSubscriptionId as string };
}

describe('the portal', () => {
  it('has one configuration of ours, which allows neither plan changes nor refunds', async () => {
    const { subscriber } = await subscribed();
    await Promise.all([1, 2, 3, 4].map(() => portalOf(subscriber)));
    const [configuration, ...others] = await ours();
    expect(others).toEqual([]);
    expect(configuration).toMatchObject({
      is_default: false,
      features: {
        subscription_update: { enabled: false },
        subscription_cancel: { enabled: true, mode: 'at_period_end', proration_behavior: 'none' },
        payment_method_update: { enabled: true },
        invoice_history: { enabled: true },
      },
    });
  });

  it('changes no plan, and a subscription that is canceled there runs to the end of the paid period', async () => {
    const { subscriber, id, subscription } = await subscribed();
    const cheap = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 100,
      recurring: { interval: 'month' },
      product_data: { name: 'Cheap' },
      metadata: { planSlug: 'team', planName: 'Cheap', interval: 'month', credits: '999' },
    });
    const url = await portalOf(subscriber);
    (await onPage(url, { outcome: 'switchPlan', subscription, price: cheap.id })).expect(400);
    (await onPage(url, { outcome: 'cancelSubscription', subscription })).expect(200);
    await allWebhooksDelivered();
    expect(await subscriber.subscription(id)).toMatchObject({
      status: 'active',
      cancelAtPeriodEnd: true,
      availableCredits: 2_500,
    });
    await subscriber.advance(32 * DAY_SECONDS);
    expect(await subscriber.subscription(id)).toMatchObject({ status: 'canceled' });
    expect((await stripe.customers.retrieve(subscriber.customer.id)) as { balance?: number }).toMatchObject({
      balance: 0,
    });
  });

  it('gets a new configuration after the old one was disabled, even with a used Idempotency-Key', async () => {
    const { subscriber } = await subscribed();
    await portalOf(subscriber, 'mine');
    const [before] = await ours();
    await stripe.billingPortal.configurations.update(before?.id ?? '', { active: false });
    await portalOf(subscriber, 'another');
    await portalOf(subscriber, 'mine');
    const [after, ...others] = await ours();
    expect(others).toEqual([]);
    expect(after?.id).not.toBe(before?.id);
  });
});

it('restores a changed configuration when the next process reads it', async () => {
  const { subscriber } = await subscribed();
  await portalOf(subscriber);
  const [before] = await ours();
  await stripe.billingPortal.configurations.update(before?.id ?? '', {
    features: { subscription_cancel: { enabled: true, mode: 'immediately', proration_behavior: 'always_invoice' } },
  });
  const request = { customerId: subscriber.customer.id, returnUrl: `${HOSTING_URL}/`, idempotencyKey: null };
  await suiteDeps().providers.stripe.portal.open({ ...request, verifiedEmail: async () => null });
  expect(takeLogged('the portal configuration was changed at Stripe and is reset')).toEqual([
    { configurationId: before?.id },
  ]);
  expect(await ours()).toMatchObject([
    {
      id: before?.id,
      features: { subscription_cancel: { enabled: true, mode: 'at_period_end', proration_behavior: 'none' } },
    },
  ]);
});

describe('an invoice with a credit for the customer', () => {
  it.each(['always_invoice', 'create_prorations'] as const)(
    'that an operator made in the dashboard with %s grants nothing',
    async (proration_behavior) => {
      const { subscriber, id, subscription } = await subscribed();
      const cheap = await stripe.prices.create({
        currency: 'usd',
        unit_amount: 700,
        recurring: { interval: 'week' },
        product_data: { name: 'Weekly' },
        metadata: { planSlug: 'team', planName: 'Weekly', interval: 'month', credits: '5000' },
      });
      const { items } = await stripe.subscriptions.retrieve(subscription);
      await stripe.subscriptions.update(subscription, {
        items: [{ id: items.data[0]?.id ?? '', price: cheap.id }],
        proration_behavior,
      });
      await allWebhooksDelivered();
      const [latest] = (await stripe.invoices.list({ subscription, limit: 1 })).data;
      expect(latest).toMatchObject({ billing_reason: 'subscription_update', status: 'paid' });
      expect(latest?.total).toBeLessThan(0);
      expect(await subscriber.subscription(id)).toMatchObject({ availableCredits: 2_500 });
      const orders = (await subscriber.person.send('GET', '/billing/orders')).expect(200).data;
      expect(orders[0]).toMatchObject({ status: 'paid', credits: 0, total: { unitAmountMinor: 0 } });
    },
  );
});
