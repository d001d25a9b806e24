import type { Stripe } from '../installedStripe.ts';
import { TestStripe } from '../testing/testStripe.ts';

let test: TestStripe;
beforeEach(async () => {
  test = await TestStripe.start();
});
afterEach(() => test.stop());

const monthly = (unit_amount: number) =>
  test.api.prices.create({
    currency: 'usd',
    unit_amount,
    recurring: { interval: 'month' },
    product_data: { name: `Plan at ${unit_amount}` },
  });

async function subscriber() {
  const customer = await test.api.customers.create();
  const card = await test.api.paymentMethods.attach('pm_card_visa', { customer: customer.id });
  const price = await monthly(1_000);
  const subscription = await test.api.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    default_payment_method: card.id,
  });
  return { customer: customer.id, subscription: subscription.id, card: card.id };
}

const onPage = async (customer: string, configuration: string | undefined, form: Record<string, string>) => {
  const { url } = await test.api.billingPortal.sessions.create({ customer, ...(configuration && { configuration }) });
  return fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams(form) });
};

const EVERYTHING: Stripe.BillingPortal.ConfigurationCreateParams['features'] = {
  payment_method_update: { enabled: true },
  invoice_history: { enabled: true },
  customer_update: { enabled: true, allowed_updates: ['address'] },
  subscription_cancel: { enabled: true, mode: 'at_period_end', proration_behavior: 'none' },
};

describe('a portal configuration', () => {
  it('can be created, listed, changed and deactivated', async () => {
    const made = await test.api.billingPortal.configurations.create({
      features: EVERYTHING,
      metadata: { purpose: 'test' },
      name: 'Ours',
    });
    expect(made).toMatchObject({
      active: true,
      is_default: false,
      name: 'Ours',
      metadata: { purpose: 'test' },
      features: { ...EVERYTHING, subscription_update: { enabled: false } },
    });
    expect(await test.api.billingPortal.configurations.retrieve(made.id)).toEqual(made);
    const changed = await test.api.billingPortal.configurations.update(made.id, {
      active: false,
      features: { subscription_cancel: { enabled: false } },
    });
    expect(changed).toMatchObject({ active: false, features: { subscription_cancel: { enabled: false } } });
    expect((await test.api.billingPortal.configurations.list({ active: true })).data).toEqual([]);
    expect((await test.api.billingPortal.configurations.list({ active: false })).data).toEqual([changed]);
  });

  it('opens no page if it is inactive or does not exist', async () => {
    const { customer } = await subscriber();
    const { id } = await test.api.billingPortal.configurations.create({ features: EVERYTHING });
    await test.api.billingPortal.configurations.update(id, { active: false });
    for (const configuration of [id, 'bpc_none']) {
      await expect(test.api.billingPortal.sessions.create({ customer, configuration })).rejects.toMatchObject({
        param: 'configuration',
      });
    }
  });

  it('must list the plans that customers can switch to', async () => {
    const features = { subscription_update: { enabled: true } } as const;
    await expect(test.api.billingPortal.configurations.create({ features })).rejects.toMatchObject({
      param: 'features[subscription_update][products]',
    });
  });

  it('decides which changes the page allows', async () => {
    const { customer, subscription } = await subscriber();
    const other = await monthly(500);
    const { id: strict } = await test.api.billingPortal.configurations.create({ features: EVERYTHING });
    const switchPlan = { outcome: 'switchPlan', subscription, price: other.id };
    expect((await onPage(customer, strict, switchPlan)).status).toBe(400);
    const { id: loose } = await test.api.billingPortal.configurations.create({
      features: {
        subscription_update: {
          enabled: true,
          default_allowed_updates: ['price'],
          proration_behavior: 'always_invoice',
          products: [{ product: String(other.product), prices: [other.id] }],
        },
      },
    });
    expect((await onPage(customer, loose, { outcome: 'add', card: 'pm_card_visa' })).status).toBe(400);
    expect((await onPage(customer, loose, { outcome: 'cancelSubscription', subscription })).status).toBe(400);
    expect((await onPage(customer, loose, switchPlan)).status).toBe(200);
    expect(await test.api.subscriptions.retrieve(subscription)).toMatchObject({
      items: { data: [{ price: { id: other.id } }] },
    });
    expect((await onPage(customer, strict, { outcome: 'cancelSubscription', subscription })).status).toBe(200);
    expect(await test.api.subscriptions.retrieve(subscription)).toMatchObject({ cancel_at_period_end: true });
  });

  it('allows changes only of the customer’s own subscriptions', async () => {
    const { subscription } = await subscriber();
    const { customer } = await subscriber();
    expect((await onPage(customer, undefined, { outcome: 'cancelSubscription', subscription })).status).toBe(400);
  });
});
