import { randomUUID } from 'node:crypto';
import { mnemonicToAccount } from 'viem/accounts';
import { scanDeposits } from '../../../src/sales/deposits/scanDeposits.ts';
import { Customer, Shop } from './shop.ts';

/** The mnemonic whose extended public key the shop has. */
const MNEMONIC = 'test test test test test test test test test test test junk';
/** What every wallet shows as the first address of this mnemonic. */
const FIRST_CHILD = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open('addresses');
});
afterAll(() => shop.close());

const addressOf = async (customer: Customer, index = 0) =>
  (await customer.send('GET', '/billing/payment-address', {}, shop.instance(index))).expect(200).data.address as string;

it('an address is that of the private key at the path that is noted beside it', async () => {
  const customer = await shop.newCustomer();
  const { address, path } = (await shop.db.doc(`depositAddresses/${customer.accountId}`).get()).data() ?? {};
  expect(path).toHaveLength(4);
  expect(address).toBe(customer.address);
  expect(mnemonicToAccount(MNEMONIC, { path: `m/44'/60'/0'/0/${path.join('/')}` }).address).toBe(customer.address);
});

it('an account has one address, and no two accounts have the same, under concurrent requests', async () => {
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

it("after a restore each account gets its address again, and never another account's", async () => {
  const lost = await Promise.all(Array.from({ length: 5 }, () => shop.newCustomer()));
  // None of them was in the backup, nor were they counted.
  for (const { accountId } of lost) await shop.db.doc(`depositAddresses/${accountId}`).delete();
  const counter = shop.db.doc('depositState/addresses');
  await counter.update({ allottedCount: (await counter.get()).get('allottedCount') - lost.length });
  const others = await Promise.all(Array.from({ length: 5 }, () => shop.newCustomer()));
  const again = await Promise.all(lost.map((customer) => addressOf(customer)));
  expect(again).toEqual(lost.map(({ address }) => address));
  expect(new Set([...again, ...others.map(({ address }) => address)]).size).toBe(10);
});

it('an address that was given as a child of the key stays, and takes deposits', async () => {
  const customer = new Customer(shop, `customer-${randomUUID()}`);
  const { docs } = await shop.db.collection('depositAddresses').orderBy('index', 'desc').limit(1).get();
  const index = ((docs[0]?.get('index') as number | undefined) ?? -1) + 1;
  const known = { accountId: customer.accountId, index, address: FIRST_CHILD, createdAt: new Date().toISOString() };
  await shop.db.doc(`depositAddresses/${customer.accountId}`).set(known);
  await shop.db.doc('depositState/addresses').set({ allottedCount: index + 1 });
  expect(await addressOf(customer)).toBe(FIRST_CHILD);
  await scanDeposits(shop.instance(0).deps);
  await shop.chain.pay(FIRST_CHILD, 20_000_000);
  await shop.chain.mine();
  await scanDeposits(shop.instance(0).deps);
  expect(await customer.availableCredits()).toBe(200);
});

it('a deposit whose order and address were lost in a restore is credited once when its owner claims it', async () => {
  const customer = await shop.newCustomer();
  const txHash = await shop.chain.pay(customer.address, 30_000_000);
  await shop.chain.mine();
  await shop.db.doc(`depositAddresses/${customer.accountId}`).delete();
  for (const _turn of [1, 2]) (await customer.claim(txHash, 30)).expect(200);
  expect(await customer.availableCredits()).toBe(300);
  expect(await addressOf(customer)).toBe(customer.address);
  await shop.expectSoundLedgers();
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

it('an address is returned even while the chain cannot be reached', async () => {
  shop.chain.proxy.isDown = true;
  try {
    expect((await shop.newCustomer()).address).toMatch(/^0x[0-9a-fA-F]{40}$/);
  } finally {
    shop.chain.proxy.heal();
  }
});

it('a deployment without a key refuses USDC', async () => {
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

it('the address is exported, and deleted with the account', async () => {
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
