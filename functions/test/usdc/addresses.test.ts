import { randomUUID } from 'node:crypto';
import { Customer, Shop } from './shop.ts';

/** What every wallet shows for this mnemonic, as Hardhat prints it when it starts. */
const WELL_KNOWN = [
  '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266',
  '0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
  '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC',
];

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open('addresses');
});
afterAll(() => shop.close());

const addressOf = async (customer: Customer, index = 0) =>
  (await customer.send('GET', '/billing/payment-address', {}, shop.instance(index))).expect(200).data.address as string;

it('addresses are those that wallets derive from the same key, in their order', async () => {
  const addresses = [];
  for (const name of ['first', 'second', 'third']) addresses.push(await addressOf(new Customer(shop, name)));
  expect(addresses).toEqual(WELL_KNOWN);
});

it('an account has one address, and no two have the same, whoever asks how often at once', async () => {
  const customers = Array.from({ length: 40 }, () => new Customer(shop, `customer-${randomUUID()}`));
  const asked = await Promise.all(
    customers.flatMap((customer) =>
      [0, 1, 2].map((index) => addressOf(customer, index).then((a) => [customer, a] as const)),
    ),
  );
  const addressesOf = (customer: Customer) => new Set(asked.filter(([other]) => other === customer).map(([, a]) => a));
  for (const customer of customers) expect(addressesOf(customer).size).toBe(1);
  expect(new Set(asked.map(([, address]) => address)).size).toBe(customers.length);
  const documents = (await shop.db.collection('depositAddresses').get()).docs.map((document) => document.data());
  const indexes = documents.map(({ index }) => index as number).sort((a, b) => a - b);
  expect(indexes).toEqual(documents.map((_document, index) => index));
});

it('a top-up in USDC says where to send how much, and orders nothing', async () => {
  const customer = await shop.newCustomer();
  const body = { amount: 50, method: 'usdc' };
  const { data } = (await customer.send('POST', '/billing/topup', { body })).expect(201);
  expect(data).toEqual({ address: customer.address, chain: 'base', amount: 50 });
  expect(await customer.orders()).toEqual([]);
});

it.each([
  [{ amount: 9.99 }, 'AMOUNT_TOO_SMALL', 'amount'],
  [{ amount: 50, currency: 'eur' }, 'INVALID_REQUEST', 'currency'],
  [{ amount: 50, paymentMethodId: 'pm_1' }, 'INVALID_REQUEST', 'paymentMethodId'],
  [{ amount: 50, successUrl: 'https://shop.example/' }, 'INVALID_REQUEST', 'successUrl'],
])('a top-up of %j in USDC is refused', async (request, code, field) => {
  const customer = await shop.newCustomer();
  const body = { ...request, method: 'usdc' };
  (await customer.send('POST', '/billing/topup', { body })).expectError(400, code, field);
});

it('an API key finds no address', async () => {
  const customer = await shop.newCustomer();
  const { data } = (await customer.send('POST', '/account/keys', { body: {} })).expect(201);
  const headers = { authorization: `Bearer ${data.apiKey}` };
  const reply = await customer.send('GET', '/billing/payment-address', { headers });
  reply.expectError(403, 'CREDENTIAL_NOT_ALLOWED');
});

it('an address can be had while the chain can not', async () => {
  shop.chain.proxy.isDown = true;
  try {
    expect((await shop.newCustomer()).address).toMatch(/^0x[0-9a-fA-F]{40}$/);
  } finally {
    shop.chain.proxy.heal();
  }
});

it('a deployment without a key takes no USDC, and says so', async () => {
  const customer = new Customer(shop, `customer-${randomUUID()}`);
  const without = await shop.addInstance(null);
  const requests = [
    ['GET', '/billing/payment-address', {}],
    ['POST', '/billing/topup', { body: { amount: 50, method: 'usdc' } }],
    ['POST', '/billing/verify-topup', { body: { txHash: `0x${'1'.repeat(64)}`, amount: 50 } }],
  ] as const;
  for (const [method, path, options] of requests) {
    (await customer.send(method, path, options, without)).expectError(409, 'USDC_NOT_CONFIGURED');
  }
  shop.instances.pop();
});

it('the address is exported, and goes with the account', async () => {
  const customer = await shop.newCustomer();
  const exported: { section: string; record: { address: string } }[] = [];
  for (let query = '?limit=100'; query; ) {
    const { data, nextCursor } = (await customer.send('GET', `/account/export${query}`)).expect(200).json;
    exported.push(...data);
    query = nextCursor ? `?limit=100&cursor=${nextCursor}` : '';
  }
  const addresses = exported.filter(({ section }) => section === 'depositAddress');
  expect(addresses.map(({ record }) => record.address)).toEqual([customer.address]);
  (await customer.send('DELETE', '/account', { body: { accountId: customer.accountId } })).expect(200);
  expect((await shop.db.doc(`depositAddresses/${customer.accountId}`).get()).exists).toBe(false);
  // The number of an address that was given is never given again.
  const other = await shop.newCustomer();
  expect(other.address).not.toBe(customer.address);
});
