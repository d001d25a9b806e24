import { TestStripe } from '../testing/testStripe.ts';
import { WebhookReceiver } from '../testing/webhookReceiver.ts';

let test: TestStripe;
beforeEach(async () => {
  test = await TestStripe.start();
});
afterEach(() => test.stop());

describe('a webhook endpoint', () => {
  it('shows its secret once, can be changed, and can be deleted', async () => {
    const { secret, ...made } = await test.api.webhookEndpoints.create({
      url: 'https://shop.example/hook',
      enabled_events: ['customer.created'],
      description: 'ours',
    });
    expect(secret).toMatch(/^whsec_/);
    expect(made).toMatchObject({ status: 'enabled', description: 'ours', api_version: null });
    expect(await test.api.webhookEndpoints.retrieve(made.id)).toEqual(made);
    const changed = await test.api.webhookEndpoints.update(made.id, { disabled: true, enabled_events: ['*'] });
    expect(changed).toMatchObject({ status: 'disabled', enabled_events: ['*'] });
    expect((await test.api.webhookEndpoints.list()).data).toEqual([changed]);
    expect(await test.api.webhookEndpoints.del(made.id)).toMatchObject({ deleted: true });
    await expect(test.api.webhookEndpoints.retrieve(made.id)).rejects.toMatchObject({ code: 'resource_missing' });
  });

  it('gets the events of its types, signed with its own secret', async () => {
    const receiver = new WebhookReceiver('unknown yet');
    const url = await receiver.start();
    try {
      const { id, secret } = await test.api.webhookEndpoints.create({ url, enabled_events: ['customer.created'] });
      receiver.secret = secret ?? '';
      const customer = await test.api.customers.create({ name: 'A' });
      await test.api.customers.update(customer.id, { name: 'B' });
      await test.flush();
      expect(receiver.types).toEqual(['customer.created']);
      expect(receiver.badSignatureCount).toBe(0);
      await test.api.webhookEndpoints.update(id, { disabled: true });
      await test.api.customers.create();
      await test.flush();
      expect(receiver.types).toHaveLength(1);
      expect(test.receiver.types).toEqual(['customer.created', 'customer.updated', 'customer.created']);
    } finally {
      await receiver.stop();
    }
  });

  it('needs a valid URL, no events besides *, and the installed API version', async () => {
    const params = { url: 'https://shop.example/hook', enabled_events: ['*'] } as const;
    await expect(
      test.api.webhookEndpoints.create({ ...params, enabled_events: ['*'], api_version: '2024-06-20' }),
    ).rejects.toMatchObject({ param: 'api_version' });
    await expect(test.api.webhookEndpoints.create({ url: 'shop', enabled_events: ['*'] })).rejects.toMatchObject({
      param: 'url',
    });
    await expect(
      test.api.webhookEndpoints.create({ ...params, enabled_events: ['*', 'customer.created'] }),
    ).rejects.toMatchObject({ param: 'enabled_events' });
  });
});
