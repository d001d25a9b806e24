import { randomUUID } from 'node:crypto';
import { Ledger, type WalletCommand } from '@cloud-bridge/ledger';
import { readLedger } from '../../support/ledger.ts';
import { newPerson, type Person } from '../../support/people.ts';
import { orderAnd } from '../../support/stripeControl.ts';
import { database } from '../../support/suite.ts';

let person: Person;

/** Posts something as it would have been posted at that time. */
async function post(now: string, command: Record<string, unknown>, who = person): Promise<string> {
  const id = `txn_${randomUUID().replaceAll('-', '')}`;
  const base = { entryId: id, commandId: id, requestHash: id, now };
  const address = { accountId: who.accountId, walletId: 'main' };
  await new Ledger(database()).submit(address, { ...base, ...command } as WalletCommand);
  return id;
}

const grant = (amountCredits: number) => ({
  type: 'grant',
  amountCredits,
  source: 'grant',
  expiresAt: null,
  description: 'A gift',
});
const charge = (amountCredits: number, description = 'follow') => ({
  type: 'charge',
  operation: 'follow',
  quantity: 1,
  amountCredits,
  description,
  metadata: {},
  hold: null,
});
const hold = (amountCredits: number) => ({ ...charge(amountCredits), hold: { expiresAt: '2026-03-01T00:00:00.000Z' } });

const FORMULA = '=HYPERLINK("http://example.com","click")';

// January: grant 100 · charge 10, 20 · hold 30. February: capture 25 of it · purchase-like grant 50 · charge 1.
beforeAll(async () => {
  person = await newPerson();
  await post('2026-01-01T00:00:00.000Z', grant(100));
  await post('2026-01-15T12:00:00.000Z', charge(10, FORMULA));
  await post('2026-01-31T23:59:59.999Z', charge(20));
  const chargeId = await post('2026-01-31T23:59:59.999Z', hold(30));
  await post('2026-02-01T00:00:00.000Z', { type: 'capture', chargeId, amountCredits: 25 });
  await post('2026-02-10T00:00:00.000Z', grant(50));
  await post('2026-02-28T23:59:59.999Z', charge(1));
});

const statement = async (month: string) =>
  (await person.send('GET', `/billing/statement?month=${month}`)).expect(200).data;

it('leads from the opening to the closing balance, month after month', async () => {
  expect(await statement('2025-12')).toMatchObject({
    openingBalanceCredits: 0,
    movements: [],
    closingBalanceCredits: 0,
    isFinal: true,
  });
  expect(await statement('2026-01')).toEqual({
    walletId: 'main',
    month: '2026-01',
    from: '2026-01-01',
    to: '2026-01-31',
    isFinal: true,
    openingBalanceCredits: 0,
    movements: [
      { kind: 'grant', entries: 1, amountCredits: 100 },
      { kind: 'charge', entries: 2, amountCredits: -30 },
      { kind: 'hold', entries: 1, amountCredits: -30 },
    ],
    closingBalanceCredits: 40,
    spentCredits: 30,
    expiredCredits: 0,
    heldChangeCredits: 30,
    operations: [{ operation: 'follow', succeededCalls: 2, failedCalls: 0, spentCredits: 30 }],
  });
  expect(await statement('2026-02')).toMatchObject({
    to: '2026-02-28',
    openingBalanceCredits: 40,
    movements: [
      { kind: 'grant', entries: 1, amountCredits: 50 },
      { kind: 'charge', entries: 1, amountCredits: -1 },
      { kind: 'capture', entries: 1, amountCredits: 5 },
    ],
    closingBalanceCredits: 94,
    spentCredits: 26,
    heldChangeCredits: -30,
  });
  expect(await statement(new Date().toISOString().slice(0, 7))).toMatchObject({
    openingBalanceCredits: 94,
    movements: [],
    closingBalanceCredits: 94,
    isFinal: false,
  });
});

it('adds up by the ledger even where counters are wrong or missing', async () => {
  const usage = database().collection(`accounts/${person.accountId}/wallets/main/usage`);
  const right = await statement('2026-01');
  for (const change of [{ kinds: { charge: { entries: 3 } } }, { kinds: { charge: { amountCredits: -7 } } }]) {
    const document = usage.doc('2026-01-31');
    const before = (await document.get()).data() as object;
    try {
      await document.set(change, { merge: true });
      expect(await statement('2026-01')).toEqual(right);
      await document.delete();
      expect(await statement('2026-01')).toEqual(right);
    } finally {
      await document.set(before);
    }
  }
});

it('comes as a file in which each transaction stands between the balances, and none is a formula', async () => {
  const reply = (await person.send('GET', '/billing/statement.csv?month=2026-01')).expect(200);
  expect(reply.headers.get('content-disposition')).toBe('attachment; filename=statement-main-2026-01.csv');
  const ledger = await readLedger(person.accountId);
  const id = (sequence: number) => ledger[sequence - 1]?.id;
  expect(reply.text.split('\r\n')).toEqual([
    'createdAt,sequence,kind,amountCredits,balanceAfterCredits,operation,description,apiKeyId,orderId,chargeId,id',
    '2026-01-01,,opening_balance,,0',
    `2026-01-01T00:00:00.000Z,1,grant,100,100,,A gift,,,,${id(1)}`,
    `2026-01-15T12:00:00.000Z,2,charge,-10,90,follow,"'=HYPERLINK(""http://example.com"",""click"")",,,,${id(2)}`,
    `2026-01-31T23:59:59.999Z,3,charge,-20,70,follow,follow,,,,${id(3)}`,
    `2026-01-31T23:59:59.999Z,4,hold,-30,40,follow,follow,,,,${id(4)}`,
    '2026-01-31,,closing_balance,,40',
    '',
  ]);
});

it('comes as a page to read and print', async () => {
  const reply = (await person.send('GET', '/billing/statement.html?month=2026-01')).expect(200);
  expect(reply.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(reply.text).toContain('<h1>Statement of account, 2026-01</h1>');
  expect(reply.text).toContain('<td>Opening balance</td><td></td><td>0</td>');
  expect(reply.text).toContain('<td>Grants</td><td>1</td><td>+100</td>');
  expect(reply.text).toContain('<td>Closing balance</td><td></td><td>40</td>');
  expect(reply.text).toContain('@media print');
});

it('of a month with more entries than a page has them all, and so has the file of transactions', async () => {
  const rich = await newPerson();
  await post('2026-05-01T00:00:00.000Z', grant(5_000), rich);
  const wallets = new Ledger(database());
  const address = { accountId: rich.accountId, walletId: 'main' };
  const charges = Array.from({ length: 1_101 }, (_, index) =>
    wallets.submit(address, {
      ...(charge(2) as unknown as WalletCommand),
      ...{
        entryId: `txn_many_${index}`,
        commandId: `cmd_${index}`,
        requestHash: 'many',
        now: '2026-05-02T00:00:00.000Z',
      },
    } as WalletCommand),
  );
  await Promise.all(charges);
  const { data } = (await rich.send('GET', '/billing/statement?month=2026-05')).expect(200);
  expect(data.movements).toEqual([
    { kind: 'grant', entries: 1, amountCredits: 5_000 },
    { kind: 'charge', entries: 1_101, amountCredits: -2_202 },
  ]);
  const sequences = (text: string) =>
    text
      .trimEnd()
      .split('\r\n')
      .map((line) => line.split(',')[1])
      .filter((sequence) => /^\d+$/.test(sequence ?? ''))
      .map(Number);
  const all = Array.from({ length: 1_102 }, (_, index) => index + 1);
  const file = (await rich.send('GET', '/billing/statement.csv?month=2026-05')).expect(200);
  expect(sequences(file.text)).toEqual(all);
  const transactions = (await rich.send('GET', '/billing/transactions.csv')).expect(200);
  expect(transactions.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(sequences(transactions.text)).toEqual([...all].reverse());
  const grants = (await rich.send('GET', '/billing/transactions.csv?kind=grant&to=2026-05-02T00:00:00Z')).expect(200);
  expect(sequences(grants.text)).toEqual([1]);
});

it('has what was bought, which is counted in the commit that credits it', async () => {
  const buyer = await newPerson();
  await orderAnd(buyer, 'pay');
  const ledger = await readLedger(buyer.accountId);
  const month = ledger[0]?.createdAt.slice(0, 7);
  const { docs } = await database().collection(`accounts/${buyer.accountId}/wallets/main/usage`).get();
  expect(docs.map((document) => document.data())).toEqual([
    { shape: 1, kinds: { purchase: { entries: 1, amountCredits: 100 } } },
  ]);
  const { data } = (await buyer.send('GET', `/billing/statement?month=${month}`)).expect(200);
  expect(data).toMatchObject({
    isFinal: false,
    movements: [{ kind: 'purchase', entries: 1, amountCredits: 100 }],
    closingBalanceCredits: 100,
  });
});

it("is nobody else's to see, and asks for a month that is one", async () => {
  const stranger = await newPerson();
  for (const path of ['/billing/statement', '/billing/statement.csv', '/billing/statement.html']) {
    (await stranger.send('GET', `${path}?month=2026-01&walletId=sub_1`)).expectError(404, 'WALLET_NOT_FOUND');
    for (const query of [
      '',
      '?month=2026-13',
      '?month=2026-1',
      '?month=1999-01',
      '?month=9000-01',
      '?month=2026-01-01',
      `?month=${new Date().getUTCFullYear() + 1}-01`,
    ]) {
      (await person.send('GET', path + query)).expectError(400, 'INVALID_REQUEST', 'month');
    }
  }
  const { data } = (await stranger.send('GET', '/billing/statement?month=2026-01')).expect(200);
  expect(data).toMatchObject({ movements: [], closingBalanceCredits: 0 });
});
