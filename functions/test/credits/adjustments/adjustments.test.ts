import { randomUUID } from 'node:crypto';
import { auditWallet, readLedger } from '../../support/ledger.ts';
import { type Key, newAdmin, type Person, personWithCredits } from '../../support/people.ts';
import { order, orderAnd } from '../../support/stripeControl.ts';

let admin: Person;
let person: Person;
let key: Key;
beforeAll(async () => {
  admin = await newAdmin();
});
beforeEach(async () => {
  ({ person, key } = await personWithCredits(100));
});

const adjust = (body: object, idempotencyKey?: string) =>
  admin.send('POST', '/admin/credits/manual', {
    body: { accountId: person.accountId, reason: 'Goodwill', ...body },
    idempotencyKey,
  });
const records = async () =>
  (await admin.send('GET', `/admin/audit-log?accountId=${person.accountId}`)).expect(200).data;

/** All pages of a list. */
async function all(path: string): Promise<{ id: string; accountId: string; kind: string }[]> {
  const items = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page = (await admin.send('GET', `${path}${cursor && `&cursor=${cursor}`}`)).expect(200);
    items.push(...page.data);
    cursor = page.json.nextCursor as string | null;
  }
  return items;
}

describe('a manual adjustment', () => {
  it('gives and takes credits, with an entry in the ledger and one in the audit log', async () => {
    const given = (await adjust({ amountCredits: 50 })).expect(201).data;
    expect(given).toMatchObject({ kind: 'adjustment', amountCredits: 50, balanceAfterCredits: 150 });
    (await adjust({ amountCredits: -120, reason: 'Mistake' })).expect(201);
    expect((await person.credits()).availableCredits).toBe(30);
    const [taken, first] = await records();
    expect(taken).toMatchObject({
      action: 'credits.adjust',
      reason: 'Mistake',
      before: { availableCredits: 150 },
      after: { availableCredits: 30 },
    });
    expect(first).toMatchObject({ actorId: admin.accountId, reason: 'Goodwill' });
    await auditWallet(person.accountId);
  });

  it('takes no more than is there', async () => {
    (await adjust({ amountCredits: -101 })).expectError(402, 'INSUFFICIENT_CREDITS');
    expect(await records()).toEqual([]);
    expect(await readLedger(person.accountId)).toHaveLength(1);
  });

  it('happens once for one key, however many ask at once', async () => {
    const idempotencyKey = randomUUID();
    const replies = await Promise.all(Array.from({ length: 8 }, () => adjust({ amountCredits: 5 }, idempotencyKey)));
    for (const reply of replies) reply.expect(201);
    expect(replies.filter(({ headers }) => headers.get('idempotent-replayed') !== 'true')).toHaveLength(1);
    expect((await person.credits()).availableCredits).toBe(105);
    expect(await records()).toHaveLength(1);
    (await adjust({ amountCredits: 6 }, idempotencyKey)).expectError(422, 'IDEMPOTENCY_KEY_REUSED');
  });

  it('has nothing to do with keys that the account itself used', async () => {
    (await key.charge({ operation: 'follow' }, 'same')).expect(201);
    (await adjust({ amountCredits: 5 }, `same-${person.accountId}`)).expect(201);
    (await key.charge({ operation: 'follow' }, `same-${person.accountId}`)).expect(201);
    expect((await person.credits()).availableCredits).toBe(99);
  });

  it.each([
    [{ amountCredits: 0 }, 400, 'INVALID_REQUEST'],
    [{ amountCredits: 1.5 }, 400, 'INVALID_REQUEST'],
    [{ amountCredits: 2 ** 53 }, 400, 'INVALID_REQUEST'],
    [{ amountCredits: 1, reason: '' }, 400, 'INVALID_REQUEST'],
    [{ amountCredits: 1, accountId: 'nobody' }, 404, 'ACCOUNT_NOT_FOUND'],
    [{ amountCredits: 1, walletId: 'nothing' }, 404, 'WALLET_NOT_FOUND'],
    [{ amountCredits: Number.MAX_SAFE_INTEGER }, 409, 'WALLET_FULL'],
  ])('%j is a %d', async (body, status, code) => {
    (await adjust(body)).expectError(status, code);
    expect(await readLedger(person.accountId)).toHaveLength(1);
  });
});

describe('transactions', () => {
  it('of one account come the latest first, and by kind', async () => {
    (await key.charge({ operation: 'follow' })).expect(201);
    const path = `/admin/credits/transactions?limit=1&accountId=${person.accountId}`;
    expect((await all(path)).map(({ kind }) => kind)).toEqual(['charge', 'grant']);
    expect((await all(`${path}&kind=grant`)).map(({ kind }) => kind)).toEqual(['grant']);
  });

  it('of all accounts come account by account, each once', async () => {
    const { person: other } = await personWithCredits(7);
    (await adjust({ amountCredits: 5 })).expect(201);
    const found = (await all('/admin/credits/transactions?limit=100')).map(({ id, accountId }) => `${accountId} ${id}`);
    for (const { accountId } of [person, other]) {
      for (const { id } of await readLedger(accountId)) expect(found).toContain(`${accountId} ${id}`);
    }
    expect(new Set(found).size).toBe(found.length);
    const adjustments = await all('/admin/credits/transactions?limit=100&kind=adjustment');
    expect(adjustments.filter(({ accountId }) => accountId === person.accountId)).toHaveLength(1);
    expect(new Set(adjustments.map(({ kind }) => kind))).toEqual(new Set(['adjustment']));
  });

  it('a wallet needs its account', async () => {
    const reply = await admin.send('GET', '/admin/credits/transactions?walletId=main');
    reply.expectError(400, 'INVALID_REQUEST', 'walletId');
  });
});

describe('orders', () => {
  it('of all accounts or one, by status, and one by its id', async () => {
    const { orderId: paid } = await orderAnd(person, 'pay');
    const { orderId: open } = await order(person);
    const own = `accountId=${person.accountId}`;
    const idsOf = async (query: string) =>
      (await admin.send('GET', `/admin/orders?limit=100&${query}`))
        .expect(200)
        .data.map(({ id }: { id: string }) => id);
    expect(await idsOf(own)).toEqual([open, paid]);
    expect(await idsOf(`${own}&status=paid`)).toEqual([paid]);
    expect((await idsOf('')).slice(0, 2)).toEqual([open, paid]);
    expect((await idsOf('status=paid'))[0]).toBe(paid);
    const { data } = (await admin.send('GET', `/admin/orders/${paid}`)).expect(200);
    expect(data).toMatchObject({ id: paid, accountId: person.accountId, status: 'paid' });
    (await admin.send('POST', `/admin/orders/${paid}/refund`, { body: { amountMinor: 100 } })).expect(201);
    expect((await records())[0]).toMatchObject({ action: 'order.refund', targetId: paid });
  });
});
