import { randomUUID } from 'node:crypto';
import { Ledger, openWallet } from '@cloud-bridge/ledger';
import { type DocumentReference, Firestore, type WriteBatch } from 'firebase-admin/firestore';
import { expectSoundLedgers } from '../../support/soundLedgers.ts';

/** A database of its own: a stranger's collections are none of the suite's. */
const db = new Firestore({ projectId: `demo-wallet-${randomUUID()}` });
afterAll(() => db.terminate());

const hold = { key: 'job', amountCredits: 30, description: 'Render', expiresInSeconds: 600 };

/** A wallet with 100 credits, of a process that has just begun. */
async function funded(ledger = new Ledger(db)) {
  const address = { accountId: randomUUID(), walletId: 'main' };
  const wallet = openWallet(ledger, address);
  await wallet.credit({ key: 'top-up', amountCredits: 100, description: 'Top-up' });
  const elsewhere = () => openWallet(new Ledger(db), address);
  return { wallet, address, elsewhere };
}

/** Counts the documents that are read by name and those that are written while some work is done. */
async function costOf(work: () => Promise<unknown>) {
  const cost = { reads: 0, writes: 0 };
  const { getAll, batch } = db;
  const reading = jest.spyOn(db, 'getAll').mockImplementation((...references) => {
    cost.reads += references.length;
    return getAll.apply(db, references);
  });
  const batching = jest.spyOn(db, 'batch').mockImplementation(() => {
    const writes: WriteBatch = batch.call(db);
    for (const method of ['create', 'update', 'set'] as const) {
      const write = writes[method].bind(writes) as (...args: unknown[]) => WriteBatch;
      Object.assign(writes, {
        [method]: (reference: DocumentReference, ...args: unknown[]) => {
          cost.writes += 1;
          return write(reference, ...args);
        },
      });
    }
    return writes;
  });
  try {
    await work();
    return cost;
  } finally {
    reading.mockRestore();
    batching.mockRestore();
  }
}

it('costs what the README says', async () => {
  const { wallet, elsewhere } = await funded();
  const charge = { key: 'call', amountCredits: 5, description: 'Call' };
  expect(await costOf(() => wallet.charge(charge))).toEqual({ reads: 0, writes: 3 });
  let holdId = '';
  const holding = async () => {
    holdId = (await wallet.hold(hold)).holdId;
  };
  expect(await costOf(holding)).toEqual({ reads: 0, writes: 3 });
  const extend = { key: 'longer', holdId, expiresInSeconds: 900 };
  expect(await costOf(() => wallet.extend(extend))).toEqual({ reads: 0, writes: 4 });
  expect(await costOf(() => elsewhere().capture({ key: 'done', holdId }))).toEqual({ reads: 3, writes: 4 });
  expect(await costOf(() => elsewhere().charge({ ...charge, key: 'other' }))).toEqual({ reads: 1, writes: 3 });
});

it('gives a repetition the first result in every process, and refuses another request under the same key', async () => {
  const { wallet, elsewhere } = await funded();
  const held = await wallet.hold(hold);
  const { holdId } = held;
  const captured = await wallet.capture({ key: 'done', holdId, amountCredits: 10 });
  const other = elsewhere();
  expect(await other.hold(hold)).toEqual({ ...held, replayed: true });
  expect(await other.capture({ key: 'done', holdId, amountCredits: 10 })).toEqual({ ...captured, replayed: true });
  const reused = { code: 'IDEMPOTENCY_KEY_REUSED' };
  await expect(other.capture({ key: 'done', holdId, amountCredits: 11 })).rejects.toMatchObject(reused);
  await expect(wallet.charge({ ...hold })).rejects.toMatchObject(reused);
  await expect(other.release({ key: 'again', holdId })).rejects.toMatchObject({ code: 'CHARGE_NOT_HELD' });
  expect(await wallet.read()).toEqual({ availableCredits: 90, heldCredits: 0, debtCredits: 0 });
});

it('never spends a credit twice, whichever process the calls arrive at', async () => {
  const { wallet, elsewhere } = await funded();
  const wallets = [wallet, elsewhere(), elsewhere()];
  const calls = Array.from({ length: 60 }, (_, index) =>
    // Each call is sent to two processes.
    [0, 1].map((copy) =>
      wallets[(index + copy) % wallets.length]?.charge({ key: `call ${index}`, amountCredits: 3, description: 'Call' }),
    ),
  ).flat();
  const results = await Promise.allSettled(calls);
  const spent = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  expect(new Set(spent.map((receipt) => receipt?.entryId)).size).toBe(33);
  const refusals = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []));
  expect(new Set(refusals)).toEqual(new Set(['INSUFFICIENT_CREDITS']));
  expect(await wallet.read()).toEqual({ availableCredits: 1, heldCredits: 0, debtCredits: 0 });
  const entries = await wallet.entries();
  expect(entries.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 34 }, (_, index) => 34 - index));
  await expectSoundLedgers(db);
});

it('writes nothing outside the collections that it is given', async () => {
  const collections = {
    accounts: 'customers',
    wallets: 'creditWallets',
    entries: 'creditEntries',
    usage: 'creditUsage',
  };
  const { wallet, address } = await funded(new Ledger(db, { collections }));
  await wallet.charge({ key: 'call', amountCredits: 5, description: 'Call' });
  const document = db.doc(`customers/${address.accountId}/creditWallets/main`);
  expect((await document.get()).get('availableCredits')).toBe(95);
  expect((await document.listCollections()).map(({ id }) => id).sort()).toEqual(['creditEntries', 'creditUsage']);
  expect(await db.doc(`accounts/${address.accountId}`).listCollections()).toEqual([]);
});
