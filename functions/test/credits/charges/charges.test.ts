import { Ledger } from '@cloud-bridge/ledger';
import { send } from '../../support/apiClient.ts';
import { startFramework } from '../../support/framework.ts';
import { runScheduled } from '../../support/functionsTest.ts';
import { auditWallet, readLedger } from '../../support/ledger.ts';
import { type Key, newPerson, type Person, personWithCredits } from '../../support/people.ts';
import { database } from '../../support/suite.ts';

let person: Person;
let key: Key;
beforeEach(async () => {
  ({ person, key } = await personWithCredits(100));
});
afterEach(() => auditWallet(person.accountId));

const settle = (id: string, action: string, body: object = {}, idempotencyKey?: string) =>
  key.send('POST', `/billing/charges/${id}/${action}`, {
    body,
    idempotencyKey,
  });
const newHold = async (quantity = 3) =>
  (await key.charge({ operation: 'presetShare', quantity, capture: false })).expect(201).data;

/** Moves a hold's deadline into the past, as if it had been made with it and its time had gone by. */
async function letLapse(chargeId: string): Promise<void> {
  const past = '2020-01-01T00:00:00.000Z';
  await database()
    .doc(`accounts/${person.accountId}/wallets/main/entries/${chargeId}`)
    .update({ openHoldExpiresAt: past, 'charge.holdExpiresAt': past, 'charge.firstHoldExpiresAt': past });
}

describe('a charge', () => {
  it('takes the price of its operation and says what is left', async () => {
    const { data } = (await key.charge({ operation: 'presetShare', quantity: 2, metadata: { preset: '42' } })).expect(
      201,
    );
    expect(data).toEqual({
      id: expect.stringMatching(/^txn_/),
      walletId: 'main',
      operation: 'presetShare',
      quantity: 2,
      status: 'captured',
      amountCredits: 20,
      capturedCredits: 20,
      balanceAfterCredits: 80,
      createdAt: expect.any(String),
      settledAt: data.createdAt,
      holdExpiresAt: null,
      description: 'presetShare',
      metadata: { preset: '42' },
    });
    expect((await key.send('GET', `/billing/charges/${data.id}`)).expect(200).data).toEqual(data);
  });

  it('that the balance does not cover is a 402 with the three figures, and takes nothing', async () => {
    await newHold(4);
    const reply = (await key.charge({ operation: 'presetShare', quantity: 7 })).expectError(
      402,
      'INSUFFICIENT_CREDITS',
    );
    expect(reply.json.error.details).toEqual({ requiredCredits: 70, availableCredits: 60, heldCredits: 40 });
    expect((await person.credits()).availableCredits).toBe(60);
  });

  it('for a free operation runs at zero credits', async () => {
    const poor = await personWithCredits(0);
    (await poor.key.charge({ operation: 'presetList' })).expect(201);
    (await poor.key.charge({ operation: 'presetShare' })).expectError(402, 'INSUFFICIENT_CREDITS');
    expect(await readLedger(poor.person.accountId)).toMatchObject([{ kind: 'charge', amountCredits: 0 }]);
  });

  it('spends to the last credit and no further', async () => {
    for (let count = 0; count < 10; count += 1) (await key.charge({ operation: 'presetShare' })).expect(201);
    (await key.charge({ operation: 'follow' })).expectError(402, 'INSUFFICIENT_CREDITS');
    expect((await person.credits()).availableCredits).toBe(0);
  });

  it('can be made by the owner too', async () => {
    const { data } = (await person.send('POST', '/billing/charges', { body: { operation: 'follow' } })).expect(201);
    expect((await person.send('GET', `/billing/charges/${data.id}`)).data.amountCredits).toBe(3);
    (await key.send('GET', `/billing/charges/${data.id}`)).expectError(404, 'CHARGE_NOT_FOUND');
  });
});

describe('an Idempotency-Key', () => {
  it('makes a repeated charge one charge', async () => {
    const first = (await key.charge({ operation: 'presetShare' }, 'k1')).expect(201);
    const again = (await key.charge({ operation: 'presetShare' }, 'k1')).expect(201);
    expect(again.data).toEqual(first.data);
    expect(first.headers.has('idempotent-replayed')).toBe(false);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect((await person.credits()).availableCredits).toBe(90);
  });

  it('used for something else is refused', async () => {
    (await key.charge({ operation: 'presetShare' }, 'k1')).expect(201);
    (await key.charge({ operation: 'presetShare', quantity: 2 }, 'k1')).expectError(422, 'IDEMPOTENCY_KEY_REUSED');
    (await key.charge({ operation: 'presetShare', capture: false }, 'k1')).expectError(422, 'IDEMPOTENCY_KEY_REUSED');
    const { id } = await newHold();
    (await settle(id, 'capture', {}, 'k1')).expectError(422, 'IDEMPOTENCY_KEY_REUSED');
    expect((await person.credits()).heldCredits).toBe(30);
  });

  it('gives the first answer again even after the hold has been settled', async () => {
    const body = { operation: 'presetShare', capture: false };
    const first = (await key.charge(body, 'k1')).expect(201);
    (await settle(first.data.id, 'release')).expect(200);
    expect((await key.charge(body, 'k1')).expect(201).data).toEqual(first.data);
  });

  it('makes a repeated capture one capture', async () => {
    const { id } = await newHold();
    const first = (await settle(id, 'capture', { amountCredits: 12 }, 'c1')).expect(200);
    const again = (await settle(id, 'capture', { amountCredits: 12 }, 'c1')).expect(200);
    expect(again.data).toEqual(first.data);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    (await settle(id, 'capture', { amountCredits: 13 }, 'c1')).expectError(422, 'IDEMPOTENCY_KEY_REUSED');
    (await settle(id, 'capture', { amountCredits: 12 }, 'c2')).expectError(409, 'CHARGE_NOT_HELD');
  });

  it('gives the first answer even when the operation is not sold any more', async () => {
    const ids = { operation: 'follow' };
    const first = (await key.charge(ids, 'k1')).expect(201);
    const instance = await startFramework('api', { CATALOG: 'passthrough' });
    const catalog = database().doc('catalog/current');
    const stored = (await catalog.get()).data() as { operations: object };
    await catalog.update({ operations: { presetShare: 10 } });
    try {
      const headers = { 'x-api-key': key.secret, 'idempotency-key': 'k1' };
      const again = (await send('POST', '/billing/charges', { headers, body: ids }, instance.url)).expect(201);
      expect(again.data).toEqual(first.data);
      const other = { 'x-api-key': key.secret, 'idempotency-key': 'k2' };
      (await send('POST', '/billing/charges', { headers: other, body: ids }, instance.url)).expectError(
        400,
        'UNKNOWN_OPERATION',
      );
    } finally {
      await catalog.set(stored);
      await instance.stop();
    }
  });

  it('never makes the same id in two wallets', async () => {
    const testKey = await person.createKey({ kind: 'test' });
    const body = { operation: 'presetShare', capture: false };
    const live = (await key.charge(body, 'order-4711')).expect(201).data;
    const test = (await testKey.charge(body, 'order-4711')).expect(201).data;
    expect(test.id).not.toBe(live.id);
    (await person.send('POST', `/billing/charges/${test.id}/release`, { body: {} })).expect(200);
    expect((await person.credits()).heldCredits).toBe(10);
  });

  it('belongs to one account', async () => {
    const other = await personWithCredits(100);
    (await key.charge({ operation: 'follow' }, 'shared')).expect(201);
    expect((await other.key.charge({ operation: 'presetShare' }, 'shared')).expect(201).data.amountCredits).toBe(10);
  });

  it('after a refusal can be used again', async () => {
    const poor = await personWithCredits(0);
    (await poor.key.charge({ operation: 'follow' }, 'later')).expectError(402, 'INSUFFICIENT_CREDITS');
    await poor.person.grant(3);
    (await poor.key.charge({ operation: 'follow' }, 'later')).expect(201);
  });
});

describe('a hold', () => {
  it('sets credits aside, and is spent wholly by a capture', async () => {
    const hold = await newHold();
    expect(hold).toMatchObject({ status: 'held', capturedCredits: 0, balanceAfterCredits: 70, settledAt: null });
    expect(await person.credits()).toMatchObject({ availableCredits: 70, heldCredits: 30, totalConsumedCredits: 0 });
    const captured = (await settle(hold.id, 'capture')).expect(200).data;
    expect(captured).toMatchObject({ id: hold.id, status: 'captured', capturedCredits: 30, balanceAfterCredits: 70 });
    expect(await person.credits()).toMatchObject({ availableCredits: 70, heldCredits: 0, totalConsumedCredits: 30 });
    expect((await key.send('GET', `/billing/charges/${hold.id}`)).data).toEqual(captured);
  });

  it('is spent in part, and the rest comes back', async () => {
    const { id } = await newHold();
    expect((await settle(id, 'capture', { amountCredits: 5 })).expect(200).data).toMatchObject({
      status: 'captured',
      capturedCredits: 5,
      balanceAfterCredits: 95,
    });
  });

  it('can be captured above its amount while the balance covers it', async () => {
    const { id } = await newHold();
    (await settle(id, 'capture', { amountCredits: 101 })).expectError(402, 'INSUFFICIENT_CREDITS');
    expect((await person.credits()).heldCredits).toBe(30);
    expect((await settle(id, 'capture', { amountCredits: 100 })).expect(200).data.balanceAfterCredits).toBe(0);
  });

  it('comes back whole when it is released', async () => {
    const { id } = await newHold();
    expect((await settle(id, 'release')).expect(200).data).toMatchObject({
      status: 'released',
      balanceAfterCredits: 100,
    });
  });

  it('is settled once: whoever comes second is told what it became', async () => {
    const { id } = await newHold();
    (await settle(id, 'capture')).expect(200);
    for (const [action, body] of [['capture'], ['release'], ['extend', { holdSeconds: 60 }]] as const) {
      const reply = (await settle(id, action, body)).expectError(409, 'CHARGE_NOT_HELD');
      expect(reply.json.error.details).toEqual({ status: 'captured' });
    }
  });

  it('settled by many at once is settled by one', async () => {
    const { id } = await newHold();
    const actions = ['capture', 'release', 'capture', 'release', 'capture', 'release'];
    const replies = await Promise.all(actions.map((action) => settle(id, action)));
    expect(replies.map((reply) => reply.status).sort()).toEqual([200, 409, 409, 409, 409, 409]);
  });

  it('can be extended', async () => {
    const hold = await newHold();
    const extended = (await settle(hold.id, 'extend', { holdSeconds: 86_400 })).expect(200).data;
    expect(extended.status).toBe('held');
    expect(Date.parse(extended.holdExpiresAt)).toBeGreaterThan(Date.parse(hold.holdExpiresAt));
    expect((await key.send('GET', `/billing/charges/${hold.id}`)).data.holdExpiresAt).toBe(extended.holdExpiresAt);
  });

  it('that has lapsed cannot be captured, and its credits are free at once', async () => {
    const { id } = await newHold();
    await letLapse(id);
    (await settle(id, 'capture')).expectError(409, 'CHARGE_NOT_HELD');
    expect(await person.credits()).toMatchObject({ availableCredits: 100, heldCredits: 0 });
    expect((await key.send('GET', `/billing/charges/${id}`)).data).toMatchObject({
      status: 'expired',
      capturedCredits: 0,
    });
  });

  it('that has lapsed is told as expired by whoever looks', async () => {
    const { id } = await newHold();
    await letLapse(id);
    expect((await key.send('GET', `/billing/charges/${id}`)).data).toMatchObject({
      status: 'expired',
      balanceAfterCredits: 100,
    });
  });

  it('that has lapsed makes way for a charge that needs its credits', async () => {
    const { id } = await newHold(10);
    await letLapse(id);
    (await key.charge({ operation: 'presetShare' })).expect(201);
    expect(await person.credits()).toMatchObject({ availableCredits: 90, heldCredits: 0 });
  });

  it('that has lapsed counts for nothing in balances, estimates and captures above a hold', async () => {
    const small = await newHold(1);
    const large = await newHold(9);
    await letLapse(large.id);
    expect((await settle(small.id, 'capture', { amountCredits: 50 })).expect(200).data.balanceAfterCredits).toBe(50);
    const second = await newHold(5);
    await letLapse(second.id);
    expect((await key.send('GET', '/billing/balance')).json.balance.credits).toBe(50);
    const body = { operation: 'presetShare', quantity: 5 };
    expect((await key.send('POST', '/billing/charges/estimate', { body })).data.sufficient).toBe(true);
  });

  it('that has lapsed is given back by the scheduled sweeper, and an open one is not', async () => {
    const lapsed = await newHold();
    const open = await newHold();
    await letLapse(lapsed.id);
    await runScheduled('expireHolds');
    expect(await person.credits()).toMatchObject({ availableCredits: 70, heldCredits: 30 });
    const kinds = (await readLedger(person.accountId)).map((entry) => entry.kind);
    expect(kinds).toEqual(['grant', 'hold', 'hold', 'hold_expiry']);
    (await settle(open.id, 'capture')).expect(200);
  });
});

describe('credits whose time is over', () => {
  it('are posted as expired by the scheduled function, once', async () => {
    await person.grant(40, new Date(Date.now() + 50).toISOString());
    while ((await person.credits()).availableCredits !== 100) await new Promise(setImmediate);
    await runScheduled('expireCredits');
    await runScheduled('expireCredits');
    const entries = await readLedger(person.accountId);
    expect(entries.map((entry) => [entry.kind, entry.amountCredits])).toEqual([
      ['grant', 100],
      ['grant', 40],
      ['expiry', -40],
    ]);
    expect((await auditWallet(person.accountId)).nextExpiryAt).toBeNull();
  });

  it('are posted again when they were given again with the deadline that had come', async () => {
    const wallets = new Ledger(database());
    const address = { accountId: person.accountId, walletId: 'main' };
    const now = new Date().toISOString();
    const give = (type: 'grant' | 'reinstatement') =>
      wallets.submit(address, {
        ...{ type, entryId: `${type}_1`, commandId: `${type}_1`, requestHash: type, now },
        ...{ amountCredits: 40, source: 'subscription', expiresAt: now, description: 'A period that is over' },
      });
    await give('grant');
    await runScheduled('expireCredits');
    await give('reinstatement');
    await runScheduled('expireCredits');
    await runScheduled('expireCredits');
    const kinds = (await readLedger(person.accountId)).map((entry) => entry.kind);
    expect(kinds).toEqual(['grant', 'grant', 'expiry', 'reinstatement', 'expiry']);
    expect(await auditWallet(person.accountId)).toMatchObject({ availableCredits: 100, nextExpiryAt: null });
  });
});

describe('a metered charge', () => {
  it('costs what its tokens cost, rounded up once', async () => {
    const usage = { model: 'claude-opus', inputTokens: 1_000, outputTokens: 126 };
    const { data } = (await key.charge({ operation: 'completion', usage })).expect(201);
    expect(data).toMatchObject({ operation: 'completion', amountCredits: 11, balanceAfterCredits: 89 });
    const none = { tier: 'core', inputTokens: 0, outputTokens: 0 };
    expect((await key.charge({ operation: 'completion', usage: none })).expect(201).data.amountCredits).toBe(0);
    const body = { operation: 'completion', usage, quantity: 2 };
    expect((await key.send('POST', '/billing/charges/estimate', { body })).expect(200).data.amountCredits).toBe(21);
  });
});

describe('a batch', () => {
  const batch = (charges: object[], idempotencyKey?: string) =>
    key.send('POST', '/billing/charges/batch', {
      body: { charges },
      idempotencyKey,
    });

  it('gives each charge its own result, in order', async () => {
    const { data } = (
      await batch([
        { operation: 'presetShare', quantity: 6 },
        { operation: 'nothing' },
        { operation: 'presetShare', quantity: 5 },
        { operation: 'follow' },
      ])
    ).expect(200);
    expect(data.results).toMatchObject([
      { success: true, data: { balanceAfterCredits: 40 } },
      { success: false, error: { code: 'UNKNOWN_OPERATION' } },
      {
        success: false,
        error: { code: 'INSUFFICIENT_CREDITS', details: { requiredCredits: 50, availableCredits: 40 } },
      },
      { success: true, data: { balanceAfterCredits: 37 } },
    ]);
  });

  it('of a hundred charges is one commit and exact; of a hundred and one is refused', async () => {
    const charges = Array.from({ length: 100 }, () => ({ operation: 'follow' }));
    const { data } = (await batch(charges)).expect(200);
    expect(data.results.filter((result: { success: boolean }) => result.success)).toHaveLength(33);
    (await batch([...charges, { operation: 'login' }])).expectError(400, 'INVALID_REQUEST', 'charges');
  });

  it('repeated with its Idempotency-Key has its effects once, and with another body is refused whole', async () => {
    const first = (await batch([{ operation: 'follow' }, { operation: 'presetShare' }], 'b1')).expect(200);
    const again = (await batch([{ operation: 'follow' }, { operation: 'presetShare' }], 'b1')).expect(200);
    expect(again.data).toEqual(first.data);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    const longer = [{ operation: 'follow' }, { operation: 'presetShare' }, { operation: 'follow' }];
    (await batch(longer, 'b1')).expectError(422, 'IDEMPOTENCY_KEY_REUSED');
    expect((await person.credits()).availableCredits).toBe(87);
  });
});

describe('an estimate', () => {
  it('tells the price and whether the balance covers it, and changes nothing', async () => {
    const estimate = (body: object) => key.send('POST', '/billing/charges/estimate', { body });
    expect((await estimate({ operation: 'presetShare', quantity: 10 })).expect(200).data).toEqual({
      operation: 'presetShare',
      quantity: 10,
      amountCredits: 100,
      availableCredits: 100,
      sufficient: true,
    });
    expect((await estimate({ operation: 'presetShare', quantity: 11 })).data).toMatchObject({ sufficient: false });
    expect((await estimate({ operation: 'login' })).data).toMatchObject({ amountCredits: 0, sufficient: true });
    expect(await readLedger(person.accountId)).toHaveLength(1);
  });
});

describe("another account's charge", () => {
  it('is not there', async () => {
    const { id } = await newHold();
    const stranger = await personWithCredits(100);
    const second = await person.createKey();
    for (const caller of [stranger.key, stranger.person, second]) {
      (await caller.send('GET', `/billing/charges/${id}`)).expectError(404, 'CHARGE_NOT_FOUND');
      (await caller.send('POST', `/billing/charges/${id}/capture`, { body: {} })).expectError(404, 'CHARGE_NOT_FOUND');
      (await caller.send('POST', `/billing/charges/${id}/release`, { body: {} })).expectError(404, 'CHARGE_NOT_FOUND');
      (await caller.send('POST', `/billing/charges/${id}/extend`, { body: { holdSeconds: 60 } })).expectError(
        404,
        'CHARGE_NOT_FOUND',
      );
    }
    const newcomer = await newPerson();
    (await newcomer.send('GET', `/billing/charges/${id}`)).expectError(404, 'CHARGE_NOT_FOUND');
    expect((await person.credits()).heldCredits).toBe(30);
    // The owner may settle what any of the account's keys held.
    (await person.send('POST', `/billing/charges/${id}/release`, { body: {} })).expect(200);
  });

  it('is not reached through a wallet id either', async () => {
    (await key.charge({ operation: 'follow', walletId: 'test' })).expectError(404, 'WALLET_NOT_FOUND');
    (await key.charge({ operation: 'follow', walletId: 'somebody' })).expectError(404, 'WALLET_NOT_FOUND');
    (await key.charge({ operation: 'follow', walletId: '../main' })).expectError(400, 'INVALID_REQUEST', 'walletId');
  });
});
