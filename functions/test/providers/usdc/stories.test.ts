import { scanDeposits } from '../../../src/sales/deposits/scanDeposits.ts';
import { reconcileOrders } from '../../../src/sales/reconciliation/reconcileOrders.ts';
import { auditWallet, readLedger } from '../../support/ledger.ts';
import { type Customer, Shop } from './shop.ts';

// The tests of every provider (test/providers) that also apply to a provider without payment pages.
let shop: Shop;
let customer: Customer;

beforeAll(async () => {
  shop = await Shop.open('stories');
});
beforeEach(async () => {
  customer = await shop.newCustomer();
});
afterAll(() => shop.close());

/** Makes a confirmed deposit of ten dollars that the backend has credited. */
async function paid() {
  const txHash = await shop.chain.pay(customer.address, 10_000_000);
  await shop.chain.mine();
  (await customer.claim(txHash, 10)).expect(200);
  return txHash;
}

const orderOf = async (orderId: string) => (await customer.send('GET', `/billing/orders/${orderId}`)).expect(200).data;
const kinds = async () => (await readLedger(customer.accountId, 'main', shop.db)).map(({ kind }) => kind);

it("an order exists when it is paid, and is credited under its payment's id", async () => {
  const txHash = await paid();
  const [{ id }] = await customer.orders();
  const { status, provider, paymentId, transactionId, total } = await orderOf(id);
  expect([status, provider, total.unitAmountMinor]).toEqual(['paid', 'usdc', 1_000]);
  expect(paymentId).toBe(`base_${txHash}_0`);
  expect(transactionId).toBe(`usdc_${paymentId}`);
  expect((await auditWallet(customer.accountId, 'main', shop.db)).availableCredits).toBe(100);
});

it('a payment credits once, however often it is claimed and scanned', async () => {
  const hashes = [await paid(), await paid(), await paid()];
  await Promise.all([
    ...hashes.flatMap((txHash) => [0, 1].map((index) => customer.claim(txHash, 10, shop.instance(index)))),
    scanDeposits(shop.instance(0).deps),
    scanDeposits(shop.instance(1).deps),
  ]);
  expect(await kinds()).toEqual(['purchase', 'purchase', 'purchase']);
  expect((await auditWallet(customer.accountId, 'main', shop.db)).availableCredits).toBe(300);
});

it('a refund is refused and changes nothing', async () => {
  await paid();
  const [order] = await customer.orders();
  const headers = { authorization: 'Bearer operator', 'idempotency-key': order.id };
  for (const body of [{}, { amountMinor: 333 }, {}]) {
    const reply = await customer.send('POST', `/admin/orders/${order.id}/refund`, { headers, body });
    reply.expectError(409, 'REFUND_NOT_POSSIBLE');
  }
  expect(await orderOf(order.id)).toEqual(order);
  expect(await kinds()).toEqual(['purchase']);
  for (const collection of ['refunds', 'auditLog']) expect((await shop.db.collection(collection).get()).size).toBe(0);
});

it('the reconciliation leaves a deposit unchanged', async () => {
  await paid();
  const [order] = await customer.orders();
  shop.stoppedAtMs = Date.now() + 48 * 60 * 60 * 1000;
  expect(await reconcileOrders(shop.instance(0).deps)).toBe(0);
  shop.stoppedAtMs = null;
  expect(await orderOf(order.id)).toEqual(order);
  expect(shop.errors).toEqual([]);
});
