import { randomUUID } from 'node:crypto';
import { allotAddress } from '../../../src/sales/deposits/allotAddress.ts';
import { scanDeposits } from '../../../src/sales/deposits/scanDeposits.ts';
import { crash, withMethod } from '../../support/crash.ts';
import { runScheduled, suiteDeps } from '../../support/functionsTest.ts';
import { CONFIRMATIONS, XPUB } from './chain/TestChain.ts';
import { type Customer, Shop } from './shop.ts';

const USDC = 1_000_000;

let shop: Shop;
let customer: Customer;

beforeAll(async () => {
  shop = await Shop.open('scans');
  await shop.chain.mine(20);
});
beforeEach(async () => {
  customer = await shop.newCustomer();
  // Scans the blocks of earlier tests.
  await scanAll();
  await shop.db.doc('depositState/scan_base').update({ spanBlocks: 1_000 });
  shop.chain.proxy.heal();
  shop.errors.length = 0;
});
afterEach(() => shop.chain.proxy.heal());
afterAll(() => shop.close());

const scan = (limits: Parameters<typeof scanDeposits>[1] = {}, index = 0) =>
  scanDeposits(shop.instance(index).deps, limits);
const cursor = async () => (await shop.db.doc('depositState/scan_base').get()).data();

/** Returns true when every confirmed block has been scanned. */
async function isWhole(): Promise<boolean> {
  return (await cursor())?.fromBlock === (await shop.chain.head()) - CONFIRMATIONS + 2;
}

/** Runs the scan until it is complete; this has to take few runs. */
async function scanAll(): Promise<void> {
  for (let runs = 0; runs < 10 && !(await isWhole()); runs += 1) await scan();
  expect(await isWhole()).toBe(true);
}

async function expectCredits(of: Customer, credits: number, entries = 1): Promise<void> {
  expect(await of.availableCredits()).toBe(credits);
  expect(await of.transactions()).toHaveLength(entries);
  expect(await of.orders()).toHaveLength(entries);
}

it('a deposit that nobody claims is credited when it is confirmed, once, and a claim finds it', async () => {
  const txHash = await shop.chain.pay(customer.address, 20 * USDC);
  await shop.chain.mine(CONFIRMATIONS - 2);
  expect(await scan()).toBe(0);
  expect(await customer.orders()).toEqual([]);
  await shop.chain.mine(1);
  expect(await scan()).toBe(1);
  expect(await scan()).toBe(0);
  await expectCredits(customer, 200);
  const claim = (await customer.claim(txHash, 20)).expect(200);
  expect(claim.headers.get('idempotent-replayed')).toBe('true');
  expect(claim.data.orderId).toBe((await customer.orders())[0].id);
});

it('a claimed deposit is not credited again', async () => {
  const txHash = await shop.chain.pay(customer.address, 20 * USDC);
  await shop.chain.mine();
  (await customer.claim(txHash, 20)).expect(200);
  expect(await scan()).toBe(0);
  await expectCredits(customer, 200);
});

it('claims and scans at the same time credit each deposit once', async () => {
  const others = await Promise.all(Array.from({ length: 4 }, () => shop.newCustomer()));
  const payers = [customer, ...others];
  const hashes: string[] = [];
  for (const { address } of payers) hashes.push(await shop.chain.pay(address, 20 * USDC));
  await shop.chain.mine();
  const claims = payers.flatMap((payer, index) =>
    [0, 1, 2, 3].map((turn) => payer.claim(hashes[index] as string, 20, shop.instance(turn))),
  );
  const scans = [0, 1, 2, 3].map((turn) => scan(undefined, turn));
  for (const reply of await Promise.all(claims)) reply.expect(200);
  await Promise.all(scans);
  expect(shop.errors).toEqual([]);
  for (const payer of payers) await expectCredits(payer, 200);
  expect(await isWhole()).toBe(true);
});

it('one transaction may pay several accounts, and each gets its own credits', async () => {
  const other = await shop.newCustomer();
  await shop.chain.payEach([
    [customer.address, 10 * USDC],
    [other.address, 30 * USDC],
    [customer.address, 20 * USDC],
  ]);
  await shop.chain.mine();
  expect(await scan()).toBe(3);
  await expectCredits(customer, 300, 2);
  await expectCredits(other, 300);
});

it('transfers of other tokens are ignored', async () => {
  await shop.chain.payInAnotherToken(customer.address, 20 * USDC);
  await shop.chain.pretendToPay(customer.address, 20 * USDC);
  await shop.chain.mine();
  expect(await scan()).toBe(0);
  expect(await customer.orders()).toEqual([]);
});

it('a deposit below the minimum is left to an operator, and delays no other deposit', async () => {
  const other = await shop.newCustomer();
  const txHash = await shop.chain.pay(customer.address, 10 * USDC - 1);
  await shop.chain.pay(other.address, 10 * USDC);
  await shop.chain.mine();
  expect(await scan()).toBe(1);
  await expectCredits(other, 100);
  expect(await customer.orders()).toEqual([]);
  expect(shop.errors).toEqual([
    {
      message: 'deposits were not credited',
      fields: {
        code: 'AMOUNT_TOO_SMALL',
        count: 1,
        largest: [{ txHash, toAddress: customer.address, amountMicros: 9_999_999 }],
      },
    },
  ]);
  expect(await isWhole()).toBe(true);
});

it('a flood of worthless transfers is one line in the log, and the node is not asked about each', async () => {
  const dust = Array.from({ length: 300 }, (): [string, number] => [customer.address, 1]);
  await shop.chain.payEach([...dust, [customer.address, 0]]);
  for (let count = 0; count < 30; count += 1) await shop.chain.pay(customer.address, count % 2);
  await shop.chain.pay(customer.address, 20 * USDC);
  await shop.chain.mine();
  expect(await scan({ transactionsPerStep: 1, transactions: 1 })).toBe(1);
  expect(shop.chain.proxy.calls.filter((method) => method === 'eth_getTransactionReceipt')).toHaveLength(1);
  expect(shop.errors.map(({ fields }) => fields?.count)).toEqual([315]);
  expect(await isWhole()).toBe(true);
  await expectCredits(customer, 200);
});

it('one transaction with hundreds of worthless transfers beside one of worth credits that one', async () => {
  const dust = Array.from({ length: 300 }, (): [string, number] => [customer.address, 1]);
  const txHash = await shop.chain.payEach([...dust, [customer.address, 20 * USDC]]);
  await shop.chain.mine();
  expect(await scan()).toBe(1);
  (await customer.claim(txHash, 20)).expect(200);
  await expectCredits(customer, 200);
});

it('more deposits than a run has room for are done in smaller ranges, over several runs', async () => {
  for (let count = 0; count < 12; count += 1) {
    await shop.chain.pay(customer.address, 20 * USDC);
    await shop.chain.mine(3);
  }
  await shop.chain.mine();
  const credited: number[] = [];
  for (let runs = 0; runs < 8; runs += 1) credited.push(await scan({ transactionsPerStep: 2, transactions: 3 }));
  expect(Math.max(...credited)).toBeLessThanOrEqual(4);
  expect(credited.reduce((sum, count) => sum + count)).toBe(12);
  expect(await isWhole()).toBe(true);
  await expectCredits(customer, 2_400, 12);
});

it('a run does a limited amount of work, and the next run continues from there', async () => {
  await shop.chain.pay(customer.address, 20 * USDC);
  await shop.chain.mine(3_500);
  await shop.chain.pay(customer.address, 30 * USDC);
  await shop.chain.mine();
  const credited = [];
  for (let runs = 0; runs < 4; runs += 1) credited.push(await scan({ steps: 1 }));
  expect(await isWhole()).toBe(true);
  expect(credited).toEqual([1, 0, 0, 1]);
  await expectCredits(customer, 500, 2);
});

it('more addresses than are asked about at once are asked about in turn, in the same range of blocks', async () => {
  const { docs } = await shop.db.collection('depositAddresses').orderBy('index', 'desc').limit(1).get();
  const firstIndex = (docs[0]?.get('index') as number) + 1;
  const batch = shop.db.batch();
  for (let index = firstIndex; index < firstIndex + 230; index += 1) {
    const address = `0x${index.toString(16).padStart(40, '0')}`;
    const accountId = `nobody-${index}`;
    batch.create(shop.db.doc(`depositAddresses/${accountId}`), { accountId, index, address, createdAt: null });
  }
  batch.set(shop.db.doc('depositState/addresses'), { allottedCount: firstIndex + 230 });
  await batch.commit();
  const last = await shop.newCustomer();
  await shop.chain.pay(last.address, 20 * USDC);
  await shop.chain.mine();
  expect(await scan({ steps: 1 })).toBe(0);
  expect((await cursor())?.underWay).toEqual({ toBlock: expect.any(Number), afterIndex: 199 });
  // What comes meanwhile waits for the next range.
  await shop.chain.pay(customer.address, 20 * USDC);
  await shop.chain.mine();
  expect(await scan({ steps: 1 }, 1)).toBe(1);
  await expectCredits(last, 200);
  expect(await scan()).toBe(1);
  await expectCredits(customer, 200);
  const nobody = await shop.db.collection('depositAddresses').where('createdAt', '==', null).get();
  await Promise.all(nobody.docs.map((document) => document.ref.delete()));
});

describe('when something fails, nothing is passed over', () => {
  beforeEach(async () => {
    await shop.chain.pay(customer.address, 20 * USDC);
    await shop.chain.mine();
  });
  afterEach(async () => {
    shop.chain.proxy.heal();
    await scanAll();
    await expectCredits(customer, 200);
  });

  it('the node is down', async () => {
    const before = await cursor();
    shop.chain.proxy.isDown = true;
    expect(await scan()).toBe(0);
    expect(shop.errors[0]?.message).toBe('deposits could not be scanned');
    expect(await cursor()).toEqual(before);
  });

  it('the node does not list so many blocks: fewer are asked for, until it does', async () => {
    await shop.chain.mine(2_000);
    const spans: number[] = [];
    shop.chain.proxy.intervention = async ({ method, params }) => {
      if (method !== 'eth_getLogs') return undefined;
      const [{ fromBlock, toBlock }] = params as [{ fromBlock: string; toBlock: string }];
      const span = Number(toBlock) - Number(fromBlock) + 1;
      spans.push(span);
      return span > 150 ? { error: { code: -32_005, message: 'query exceeds max block range' } } : undefined;
    };
    for (let runs = 0; runs < 4; runs += 1) await scan();
    expect([...new Set(spans)].slice(0, 4)).toEqual([1_000, 500, 250, 125]);
    await expectCredits(customer, 200);
  });

  it.each([
    [
      'a transaction that was listed is not to be had',
      { eth_getTransactionReceipt: null, eth_getTransactionByHash: null },
    ],
    ['the node that is asked last lags behind', { eth_blockNumber: '0x1' }],
  ])('%s', async (_name, answers: Record<string, unknown>) => {
    const before = await cursor();
    let heads = 0;
    shop.chain.proxy.intervention = async ({ method }) => {
      // The head is asked for first for the range, which has to be right for the rest to happen.
      if (method === 'eth_blockNumber' && heads++ === 0) return undefined;
      return Object.hasOwn(answers, method) ? { result: answers[method] } : undefined;
    };
    expect(await scan()).toBe(0);
    expect(shop.errors.map(({ message }) => message)).toEqual(['deposits could not be scanned']);
    expect(await cursor()).toEqual(before);
  });

  it('a node that lags behind lists nothing, and is not believed', async () => {
    const before = await cursor();
    shop.chain.proxy.intervention = async ({ method }) => {
      if (method === 'eth_getLogs') return { result: [] };
      return method === 'eth_getBlockByNumber' ? { result: null } : undefined;
    };
    expect(await scan()).toBe(0);
    expect(shop.errors.map(({ message }) => message)).toEqual(['deposits could not be listed']);
    expect((await cursor())?.fromBlock).toBe(before?.fromBlock);
  });

  it('nodes behind one address do not agree on a block', async () => {
    const before = await cursor();
    let blocks = 0;
    shop.chain.proxy.intervention = async ({ method }) =>
      method === 'eth_getBlockByNumber' && blocks++ > 0 ? { result: null } : undefined;
    expect(await scan()).toBe(0);
    expect(shop.errors.map(({ message }) => message)).toEqual(['deposits could not be scanned']);
    expect(await cursor()).toEqual(before);
  });

  it('the process ends between the credit and the note of it', async () => {
    const { deps } = shop.instance(0);
    const before = await cursor();
    const dying = { ...deps, deposits: withMethod(deps.deposits, 'writeCursor', crash) };
    expect(await scanDeposits(dying)).toBe(1);
    expect(await cursor()).toEqual(before);
    expect(await scan()).toBe(0);
  });

  it('the process ends before the credit', async () => {
    const { deps } = shop.instance(0);
    const before = await cursor();
    expect(await scanDeposits({ ...deps, orders: withMethod(deps.orders, 'find', crash) })).toBe(0);
    expect(await cursor()).toEqual(before);
    expect(await customer.orders()).toEqual([]);
  });
});

it('the scheduled function does it, with what the deployment sets', async () => {
  Object.assign(process.env, {
    USDC_DEPOSIT_XPUB: XPUB,
    USDC_RPC_URL: shop.chain.proxy.url,
    USDC_CONFIRMATIONS: String(CONFIRMATIONS),
  });
  const deps = suiteDeps();
  const accountId = randomUUID();
  await deps.db.doc('depositState/scan_base').delete();
  const { address } = await allotAddress(deps, accountId);
  await shop.chain.pay(address, 20 * USDC);
  await shop.chain.mine();
  await runScheduled('scanUsdcDeposits');
  const orders = await deps.orders.list(accountId, { by: 'paidAt', limit: 2 });
  expect(orders).toEqual([expect.objectContaining({ provider: 'usdc', status: 'paid', credits: 200 })]);
});

it('a deployment without a key scans no chain', async () => {
  const { deps } = await shop.addInstance(null);
  shop.instances.pop();
  expect(await scanDeposits(deps)).toBe(0);
  expect(shop.chain.proxy.calls).toEqual([]);
});

it('every wallet agrees with its ledger', () => shop.expectSoundLedgers());
