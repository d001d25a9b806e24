import { type Customer, Shop } from './shop.ts';

let shop: Shop;
let customer: Customer;

beforeAll(async () => {
  shop = await Shop.open('claims');
});
beforeEach(async () => {
  customer = await shop.newCustomer();
});
afterEach(() => shop.chain.proxy.heal());
afterAll(() => shop.close());

const USDC = 1_000_000;

/** Makes a transfer to a customer, with enough blocks after it. */
async function paid(to: Customer, amountMicros: number): Promise<string> {
  const hash = await shop.chain.pay(to.address, amountMicros);
  await shop.chain.mine();
  return hash;
}

/** Expects that a claim has changed nothing. */
async function expectNothing(): Promise<void> {
  expect(await customer.orders()).toEqual([]);
  expect(await customer.transactions()).toEqual([]);
}

/** Reads an account's records besides the order. */
async function expectCredits(credits: number, entries: number): Promise<void> {
  expect(await customer.availableCredits()).toBe(credits);
  expect(await customer.transactions()).toHaveLength(entries);
  expect(await customer.orders()).toHaveLength(entries);
}

describe("a transfer to the account's own address", () => {
  it('is credited by the rate of the catalog, as a paid order', async () => {
    const txHash = await paid(customer, 50 * USDC);
    const { data } = (await customer.claim(txHash, 50)).expect(200);
    expect(data).toMatchObject({ status: 'paid', credits: 500, chain: 'base', txHash, logIndex: 0, amount: '50' });
    expect(data.price).toEqual({ unitAmountMinor: 5_000, currency: 'usd', formatted: '$50.00' });
    const [order] = await customer.orders();
    expect(order).toMatchObject({
      id: data.orderId,
      status: 'paid',
      provider: 'usdc',
      kind: 'topup',
      method: 'deposit',
      credits: 500,
      paymentId: `base_${txHash}_0`,
      transactionId: data.transactionId,
      refundedAmountMinor: 0,
    });
    const [entry] = await customer.transactions();
    expect(entry).toMatchObject({
      id: `usdc_base_${txHash}_0`,
      kind: 'purchase',
      amountCredits: 500,
      orderId: order.id,
    });
    const history = (await customer.send('GET', '/billing/history')).expect(200).data;
    expect(history).toEqual([
      expect.objectContaining({ orderId: order.id, amountCredits: 500, balanceAfterCredits: 500 }),
    ]);
    const events = await shop.db.collection('accountEvents').where('accountId', '==', customer.accountId).get();
    expect(events.docs.map((event) => event.get('type'))).toEqual(['order.paid']);
    await expectCredits(500, 1);
  });

  it('is credited to the millionth, and rounded down once', async () => {
    const txHash = await paid(customer, 12_399_999);
    const { data } = (await customer.claim(txHash, 12.399999)).expect(200);
    expect(data).toMatchObject({ credits: 123, amount: '12.399999' });
    expect(data.price.unitAmountMinor).toBe(1_239);
  });

  it('is credited once, however often it is claimed, and in whatever notation of the hash', async () => {
    const txHash = await paid(customer, 20 * USDC);
    const first = (await customer.claim(txHash, 20)).expect(200);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    const digits = txHash.slice(2).toUpperCase();
    for (const spelling of [txHash, `0x${digits}`, `0X${digits}`]) {
      const again = (await customer.claim(spelling, 20)).expect(200);
      expect(again.data).toEqual(first.data);
      expect(again.headers.get('idempotent-replayed')).toBe('true');
    }
    await expectCredits(200, 1);
  });

  it('is credited once by a hundred concurrent claims at two processes', async () => {
    const txHash = await paid(customer, 30 * USDC);
    const replies = await Promise.all(
      Array.from({ length: 100 }, (_, index) => customer.claim(txHash, 30, shop.instance(index))),
    );
    const answers = new Set(replies.map((reply) => JSON.stringify(reply.expect(200).data)));
    expect(answers.size).toBe(1);
    expect(replies.filter(({ headers }) => headers.get('idempotent-replayed') === null)).toHaveLength(1);
    await expectCredits(300, 1);
  });

  it('is credited beside others in the same transaction, each once', async () => {
    const other = await shop.newCustomer();
    const transfers = [
      [other.address, 40 * USDC],
      [customer.address, 10 * USDC],
      [customer.address, 15 * USDC],
      [customer.address, 10 * USDC],
      [customer.address, 1],
    ] as const;
    const txHash = await shop.chain.payEach(transfers);
    await shop.chain.mine();
    const { data } = (await customer.claim(txHash, 15)).expect(200);
    expect(data).toMatchObject({ credits: 150, logIndex: 2 });
    await expectCredits(350, 3);
    expect(shop.errors.splice(0)).toEqual([
      {
        message: 'a deposit was not credited',
        fields: expect.objectContaining({ amountMicros: 1, code: 'AMOUNT_TOO_SMALL' }),
      },
    ]);
    (await customer.claim(txHash, 40)).expectError(422, 'AMOUNT_MISMATCH');
    (await other.claim(txHash, 40)).expect(200);
    expect(await other.availableCredits()).toBe(400);
  });

  it('may have the largest accepted amount', async () => {
    const txHash = await paid(customer, 1_000_000_000 * USDC);
    const { data } = (await customer.claim(txHash, 1_000_000_000)).expect(200);
    expect(data).toMatchObject({ credits: 10_000_000_000, amount: '1000000000' });
  });

  it('can’t be refunded by the API', async () => {
    const txHash = await paid(customer, 10 * USDC);
    const { orderId } = (await customer.claim(txHash, 10)).expect(200).data;
    const headers = { authorization: 'Bearer operator' };
    const reply = await customer.send('POST', `/admin/orders/${orderId}/refund`, { headers, body: {} });
    reply.expectError(409, 'REFUND_NOT_POSSIBLE');
    await expectCredits(100, 1);
  });
});

describe('a claim is refused for good for', () => {
  const refused = async (txHash: string, amount: number, code: string) => {
    (await customer.claim(txHash, amount)).expectError(422, code);
    await expectNothing();
  };

  it("a transfer to another account's address", async () => {
    const other = await shop.newCustomer();
    await refused(await paid(other, 10 * USDC), 10, 'NOT_YOUR_TRANSFER');
  });

  it('a transfer that another account has been credited for', async () => {
    const other = await shop.newCustomer();
    const txHash = await paid(other, 10 * USDC);
    (await other.claim(txHash, 10)).expect(200);
    await refused(txHash, 10, 'NOT_YOUR_TRANSFER');
  });

  it('a transfer of another token', async () => {
    const txHash = await shop.chain.payInAnotherToken(customer.address, 10 * USDC);
    await shop.chain.mine();
    await refused(txHash, 10, 'NOT_A_USDC_TRANSFER');
  });

  it('an event of a contract that transferred nothing', async () => {
    const txHash = await shop.chain.pretendToPay(customer.address, 10 * USDC);
    await shop.chain.mine();
    await refused(txHash, 10, 'NOT_A_USDC_TRANSFER');
  });

  it("a transfer of the chain's own coin", async () => {
    const txHash = await shop.chain.payInEther(customer.address);
    await shop.chain.mine();
    await refused(txHash, 10, 'TRANSFER_NOT_FOUND');
  });

  it('a transaction that failed', async () => {
    const txHash = await shop.chain.payInVain(customer.address);
    await shop.chain.mine();
    await refused(txHash, 10, 'TRANSACTION_FAILED');
  });

  it('another amount than was transferred, by a millionth', async () => {
    const txHash = await paid(customer, 10 * USDC + 1);
    const reply = await customer.claim(txHash, 10);
    reply.expectError(422, 'AMOUNT_MISMATCH');
    expect(reply.json.error.details).toEqual({ amounts: ['10.000001'] });
    await expectNothing();
    (await customer.claim(txHash, 10.000001)).expect(200);
  });

  it('an amount that is more than numbers hold exactly, and a smaller one said of it', async () => {
    const txHash = await shop.chain.pay(customer.address, 2n ** 64n + 10_000_000n);
    await shop.chain.mine();
    await refused(txHash, 10, 'AMOUNT_MISMATCH');
  });

  it('a claim of somebody who has no address yet', async () => {
    const txHash = await paid(await shop.newCustomer(), 10 * USDC);
    await shop.db.doc(`depositAddresses/${customer.accountId}`).delete();
    await refused(txHash, 10, 'NOT_YOUR_TRANSFER');
  });

  it.each([
    [{ amount: 9.999999 }, 'amount', 'AMOUNT_TOO_SMALL'],
    [{ amount: 0 }, 'amount', 'INVALID_REQUEST'],
    [{ amount: -10 }, 'amount', 'INVALID_REQUEST'],
    [{ amount: '10' }, 'amount', 'INVALID_REQUEST'],
    [{ amount: 10.0000001 }, 'amount', 'INVALID_REQUEST'],
    [{ amount: 1_000_000_000.01 }, 'amount', 'INVALID_REQUEST'],
    [{ amount: undefined }, 'amount', 'INVALID_REQUEST'],
    [{ txHash: '0x12' }, 'txHash', 'INVALID_REQUEST'],
    [{ txHash: `0x${'g'.repeat(64)}` }, 'txHash', 'INVALID_REQUEST'],
    [{ txHash: '1'.repeat(64) }, 'txHash', 'INVALID_REQUEST'],
    [{ txHash: `0x${'1'.repeat(64)}\n` }, 'txHash', 'INVALID_REQUEST'],
    [{ address: '0x1' }, 'address', 'INVALID_REQUEST'],
  ])('%j, before any node is asked', async (change, field, code) => {
    const body = { txHash: `0x${'1'.repeat(64)}`, amount: 10, ...change };
    (await customer.send('POST', '/billing/verify-topup', { body })).expectError(400, code, field);
    expect(shop.chain.proxy.calls).toEqual([]);
  });
});

describe('a claim may succeed later for', () => {
  it('a transaction with too few confirmations, to the block', async () => {
    const txHash = await shop.chain.pay(customer.address, 10 * USDC);
    for (let confirmations = 1; confirmations < 5; confirmations += 1) {
      const reply = await customer.claim(txHash, 10);
      reply.expectError(409, 'TRANSACTION_UNCONFIRMED');
      expect(reply.json.error.details).toEqual({ confirmations, requiredConfirmations: 5 });
      expect(Number(reply.headers.get('retry-after'))).toBe((5 - confirmations) * 2);
      await expectNothing();
      await shop.chain.mine(1);
    }
    (await customer.claim(txHash, 10)).expect(200);
  });

  it('a transaction that waits for a block', async () => {
    await shop.chain.whileNothingIsMined(async () => {
      const txHash = await shop.chain.pay(customer.address, 10 * USDC);
      const reply = await customer.claim(txHash, 10);
      reply.expectError(409, 'TRANSACTION_UNCONFIRMED');
      expect(reply.json.error.details.confirmations).toBe(0);
      await shop.chain.mine(6);
      (await customer.claim(txHash, 10)).expect(200);
    });
  });

  it('an unknown transaction', async () => {
    const reply = await customer.claim(`0x${'ab'.repeat(32)}`, 10);
    reply.expectError(404, 'TRANSACTION_NOT_FOUND');
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
    await expectNothing();
  });

  it('a transaction that a reorganization moves to another block', async () => {
    const before = await shop.chain.snapshot();
    const txHash = await shop.chain.pay(customer.address, 10 * USDC);
    (await customer.claim(txHash, 10)).expectError(409, 'TRANSACTION_UNCONFIRMED');
    await shop.chain.revert(before);
    await shop.chain.mine(20);
    (await customer.claim(txHash, 10)).expectError(404, 'TRANSACTION_NOT_FOUND');
    await expectNothing();
    // The same nonces, and so the same hash, twenty blocks later.
    expect(await shop.chain.pay(customer.address, 10 * USDC)).toBe(txHash);
    (await customer.claim(txHash, 10)).expectError(409, 'TRANSACTION_UNCONFIRMED');
    await shop.chain.mine();
    (await customer.claim(txHash, 10)).expect(200);
    await expectCredits(100, 1);
  });

  it.each([
    ['it is looked at', 'eth_getBlockByNumber'],
    ['its confirmations are counted', 'eth_blockNumber'],
  ])('a transaction whose block is taken back while %s', async (_name, lastCall) => {
    const before = await shop.chain.snapshot();
    const txHash = await shop.chain.pay(customer.address, 10 * USDC);
    shop.chain.proxy.intervention = async ({ method }) => {
      if (method !== lastCall) return undefined;
      shop.chain.proxy.intervention = null;
      await shop.chain.revert(before);
      await shop.chain.mine(20);
      return undefined;
    };
    (await customer.claim(txHash, 10)).expectError(409, 'TRANSACTION_REORGANISED');
    await expectNothing();
  });

  it('a transfer that is credited already, without a second credit after a reorganization', async () => {
    const other = await shop.newCustomer();
    const before = await shop.chain.snapshot();
    const txHash = await paid(customer, 10 * USDC);
    const first = (await customer.claim(txHash, 10)).expect(200);
    await shop.chain.revert(before);
    await shop.chain.whileNothingIsMined(async () => {
      // Another transfer now comes before it in the same block.
      await shop.chain.payAsAnother(other.address, 1);
      expect(await shop.chain.pay(customer.address, 10 * USDC)).toBe(txHash);
      await shop.chain.mine(6);
    });
    const receipt = await shop.chain.request<{ logs: { logIndex: string }[] }>('eth_getTransactionReceipt', txHash);
    expect(Number(receipt.logs[0]?.logIndex)).toBeGreaterThan(0);
    expect((await customer.claim(txHash, 10)).expect(200).data).toEqual(first.data);
    await expectCredits(100, 1);
  });
});

describe('a node that can’t be asked', () => {
  it('is a 503 that writes nothing, and the claim succeeds when it is back', async () => {
    const txHash = await paid(customer, 10 * USDC);
    shop.chain.proxy.isDown = true;
    (await customer.claim(txHash, 10)).expectError(503, 'PAYMENT_PROVIDER_UNAVAILABLE');
    shop.chain.proxy.heal();
    await expectNothing();
    (await customer.claim(txHash, 10)).expect(200);
  });

  it.each([
    ['an error', 503, { error: { code: -32_603, message: 'Internal error' } }],
    ['nonsense', 503, { result: { logs: 'none' } }],
    ['nothing, though it knows the transaction', 409, {}],
  ])('that answers with %s is a %s', async (_name, status, answer) => {
    const txHash = await paid(customer, 10 * USDC);
    shop.chain.proxy.intervention = async ({ method }) => (method === 'eth_getTransactionReceipt' ? answer : undefined);
    (await customer.claim(txHash, 10)).expect(status);
    await expectNothing();
  });

  it('of another chain is a 502: the same address is another contract there', async () => {
    const txHash = await paid(customer, 10 * USDC);
    const astray = await shop.addInstance({ ...shop.usdc, chain: 'base-sepolia' });
    shop.instances.pop();
    (await customer.claim(txHash, 10, astray)).expectError(502, 'PAYMENT_PROVIDER_MISCONFIGURED');
    await expectNothing();
  });
});

it('an account that claims without end is refused before it costs more calls of the node', async () => {
  shop.stoppedAtMs = Date.now();
  const claims = Array.from({ length: 230 }, (_, index) => `0x${index.toString(16).padStart(64, '0')}`);
  const replies = await Promise.all(claims.map((txHash) => customer.claim(txHash, 10)));
  shop.stoppedAtMs = null;
  const stopped = replies.filter(({ status }) => status === 429);
  expect(stopped).toHaveLength(30);
  stopped[0]?.expectError(429, 'RATE_LIMITED');
  expect(shop.chain.proxy.calls.filter((method) => method === 'eth_getTransactionReceipt')).toHaveLength(200);
});

it('every wallet agrees with its ledger', () => shop.expectSoundLedgers());
