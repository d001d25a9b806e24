import { AppError } from '@cloud-bridge/base';
import type { WalletCommand } from './commands.ts';
import { InsufficientCredits } from './ledger.errors.ts';
import type { Ledger } from './ledger.ts';
import { openWallet } from './openWallet.ts';
import { MemoryLedger, minute } from './testing/fixtures.ts';
import type { WalletAddress } from './wallet.ts';

const ALICE = { accountId: 'alice', walletId: 'main' };

/** A wallet whose ledger is in memory, and the clock that it is opened with. */
function opened(address: WalletAddress = ALICE) {
  const memory = new MemoryLedger();
  const submitted: WalletCommand[] = [];
  const time = { now: minute(0) };
  const ledger = {
    submit: async (_address: WalletAddress, command: WalletCommand) => {
      submitted.push(command);
      return memory.apply(command).result;
    },
    read: async () => memory.wallet,
    listLapsedHolds: async (_address: WalletAddress, now: string) =>
      memory.posted().filter(({ openHoldExpiresAt }) => openHoldExpiresAt !== undefined && openHoldExpiresAt <= now),
    listEntries: async (_address: WalletAddress, { limit, beforeSequence = Infinity }: Record<string, number>) =>
      memory
        .posted()
        .filter(({ sequence }) => sequence < beforeSequence)
        .toReversed()
        .slice(0, limit),
  };
  const wallet = openWallet(ledger as unknown as Ledger, address, { clock: () => time.now });
  return { wallet, memory, submitted, time };
}

const credit = { key: 'top-up', amountCredits: 100, description: 'Top-up' };
const hold = { key: 'job', amountCredits: 30, description: 'Render', expiresInSeconds: 600 };

it('credits, charges, holds, captures, extends and releases', async () => {
  const { wallet } = opened();
  expect(await wallet.credit(credit)).toEqual({
    entryId: expect.stringMatching(/^txn_[0-9a-f]{32}$/),
    sequence: 1,
    kind: 'grant',
    amountCredits: 100,
    balanceAfterCredits: 100,
    consumedCredits: 0,
    description: 'Top-up',
    createdAt: minute(0),
    replayed: false,
  });
  const charged = await wallet.charge({ key: 'call', amountCredits: 20, description: 'Call' });
  expect(charged).toMatchObject({ kind: 'charge', amountCredits: -20, consumedCredits: 20, balanceAfterCredits: 80 });
  const held = await wallet.hold(hold);
  expect(held).toMatchObject({ kind: 'hold', holdId: held.entryId, expiresAt: minute(10), balanceAfterCredits: 50 });
  expect(await wallet.read()).toEqual({ availableCredits: 50, heldCredits: 30, debtCredits: 0 });
  const { holdId } = held;
  const extended = await wallet.extend({ key: 'longer', holdId, expiresInSeconds: 1_200 });
  expect(extended).toMatchObject({ kind: 'hold_extension', holdId, expiresAt: minute(20), balanceAfterCredits: 50 });
  const captured = await wallet.capture({ key: 'done', holdId, amountCredits: 25 });
  expect(captured).toMatchObject({ kind: 'capture', consumedCredits: 25, amountCredits: 5, balanceAfterCredits: 55 });
  const other = await wallet.hold({ ...hold, key: 'other' });
  const released = await wallet.release({ key: 'failed', holdId: other.holdId });
  expect(released).toMatchObject({ kind: 'release', amountCredits: 30, balanceAfterCredits: 55 });
  expect(await wallet.read()).toEqual({ availableCredits: 55, heldCredits: 0, debtCredits: 0 });
});

it('captures the whole hold when no amount is given', async () => {
  const { wallet } = opened();
  await wallet.credit(credit);
  const { holdId } = await wallet.hold(hold);
  expect(await wallet.capture({ key: 'done', holdId })).toMatchObject({ consumedCredits: 30, balanceAfterCredits: 70 });
});

it('answers a repetition with the first result, whatever has happened since', async () => {
  const { wallet, time } = opened();
  const firsts = [await wallet.credit(credit), await wallet.hold(hold)];
  const holdId = firsts[1]?.entryId ?? '';
  const extend = { key: 'longer', holdId, expiresInSeconds: 900 };
  firsts.push(await wallet.extend(extend), await wallet.capture({ key: 'done', holdId, amountCredits: 10 }));
  time.now = minute(5);
  const again = [
    await wallet.credit({ ...credit, source: 'grant' }),
    await wallet.hold({ ...hold, operation: 'charge' }),
    await wallet.extend(extend),
    await wallet.capture({ key: 'done', holdId, amountCredits: 10 }),
  ];
  expect(again).toEqual(firsts.map((first) => ({ ...first, replayed: true })));
});

it('refuses a key that was used for another request', async () => {
  const { wallet, memory } = opened();
  const reused = { code: 'IDEMPOTENCY_KEY_REUSED' };
  await wallet.credit(credit);
  const { holdId } = await wallet.hold(hold);
  await wallet.capture({ key: 'done', holdId });
  await expect(wallet.credit({ ...credit, amountCredits: 101 })).rejects.toMatchObject(reused);
  await expect(wallet.credit({ ...credit, expiresAt: new Date(0) })).rejects.toMatchObject(reused);
  await expect(wallet.charge({ ...hold })).rejects.toMatchObject(reused);
  await expect(wallet.hold({ ...hold, expiresInSeconds: 601 })).rejects.toMatchObject(reused);
  await expect(wallet.release({ key: 'done', holdId })).rejects.toMatchObject(reused);
  expect(memory.wallet.sequence).toBe(3);
});

it("derives ids from the owner, the wallet and the key, so that nobody meets another's", async () => {
  const idFor = async (address: WalletAddress) => (await opened(address).wallet.credit(credit)).entryId;
  const ids = [
    await idFor(ALICE),
    await idFor({ accountId: 'bob', walletId: 'main' }),
    await idFor({ accountId: 'alice', walletId: 'test' }),
  ];
  expect(new Set(ids).size).toBe(3);
  expect(await idFor(ALICE)).toBe(ids[0]);
});

it('refuses what is not covered, with the three figures', async () => {
  const { wallet, memory } = opened();
  await wallet.credit(credit);
  await wallet.hold(hold);
  const refusal = wallet.charge({ key: 'too much', amountCredits: 71, description: 'Call' });
  await expect(refusal).rejects.toBeInstanceOf(InsufficientCredits);
  await expect(refusal).rejects.toMatchObject({
    details: { requiredCredits: 71, availableCredits: 70, heldCredits: 30 },
  });
  expect(memory.wallet.sequence).toBe(2);
});

it('gives back lapsed holds before refusing, and before reading', async () => {
  const { wallet, time } = opened();
  await wallet.credit(credit);
  await wallet.hold({ ...hold, amountCredits: 100 });
  time.now = minute(10);
  const charged = await wallet.charge({ key: 'late', amountCredits: 60, description: 'Call' });
  expect(charged.balanceAfterCredits).toBe(40);
  await wallet.hold({ ...hold, key: 'second', amountCredits: 40 });
  time.now = minute(20);
  expect(await wallet.read()).toEqual({ availableCredits: 40, heldCredits: 0, debtCredits: 0 });
});

it('does not count credits that have expired, and keeps what was paid for until what was given is spent', async () => {
  const { wallet, memory, time } = opened();
  await wallet.credit({ ...credit, source: 'purchase' });
  await wallet.credit({ ...credit, key: 'gift', amountCredits: 50 });
  await wallet.credit({ ...credit, key: 'trial', amountCredits: 5, expiresAt: new Date(minute(1)) });
  expect((await wallet.read()).availableCredits).toBe(155);
  time.now = minute(1);
  expect((await wallet.read()).availableCredits).toBe(150);
  await wallet.charge({ key: 'call', amountCredits: 50, description: 'Call' });
  expect(memory.wallet.lots.map(({ source, remainingCredits }) => [source, remainingCredits])).toEqual([
    ['purchase', 100],
  ]);
  expect(memory.wallet.totals).toMatchObject({ purchasedCredits: 100, grantedCredits: 55, expiredCredits: 5 });
});

it('lists entries, newest first, page after page', async () => {
  const { wallet } = opened();
  await wallet.credit(credit);
  const second = await wallet.charge({ key: 'call', amountCredits: 20, description: 'Call' });
  const { replayed: _, ...entry } = second;
  expect(await wallet.entries({ limit: 1 })).toEqual([entry]);
  expect((await wallet.entries({ beforeSequence: 2 })).map(({ description }) => description)).toEqual(['Top-up']);
});

it.each<[string, (wallet: ReturnType<typeof opened>['wallet']) => Promise<unknown>]>([
  ['key', (wallet) => wallet.credit({ ...credit, key: '' })],
  ['key', (wallet) => wallet.charge({ ...credit, key: 'k'.repeat(256) })],
  ['amountCredits', (wallet) => wallet.credit({ ...credit, amountCredits: 0 })],
  ['amountCredits', (wallet) => wallet.credit({ ...credit, amountCredits: Number.MAX_SAFE_INTEGER + 1 })],
  ['amountCredits', (wallet) => wallet.charge({ ...credit, amountCredits: 1.5 })],
  ['amountCredits', (wallet) => wallet.charge({ ...credit, amountCredits: '1' as never })],
  ['amountCredits', (wallet) => wallet.hold({ ...hold, amountCredits: -1 })],
  ['amountCredits', (wallet) => wallet.capture({ key: 'k', holdId: 'h', amountCredits: Number.NaN })],
  ['description', (wallet) => wallet.charge({ ...credit, description: 'd'.repeat(1_001) })],
  ['description', (wallet) => wallet.credit({ ...credit, description: '\ud800' })],
  ['operation', (wallet) => wallet.charge({ ...credit, operation: '' })],
  ['source', (wallet) => wallet.credit({ ...credit, source: 'toString' as never })],
  ['expiresAt', (wallet) => wallet.credit({ ...credit, expiresAt: new Date(Number.NaN) })],
  ['expiresAt', (wallet) => wallet.credit({ ...credit, expiresAt: '2027-01-01' as never })],
  ['expiresInSeconds', (wallet) => wallet.hold({ ...hold, expiresInSeconds: 0 })],
  ['expiresInSeconds', (wallet) => wallet.extend({ key: 'k', holdId: 'h', expiresInSeconds: 31_536_001 })],
  ['holdId', (wallet) => wallet.capture({ key: 'k', holdId: 'a/b' })],
  ['holdId', (wallet) => wallet.release({ key: 'k', holdId: undefined as never })],
  ['limit', (wallet) => wallet.entries({ limit: 501 })],
  ['beforeSequence', (wallet) => wallet.entries({ beforeSequence: 0 })],
  ['accountId', async () => opened({ accountId: 'a/b', walletId: 'main' })],
  ['walletId', async () => opened({ accountId: 'alice', walletId: '' })],
])('refuses a bad %s by its name, before anything is submitted', async (field, call) => {
  const { wallet, submitted } = opened();
  const refusal: unknown = await call(wallet).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(AppError);
  expect(refusal).toMatchObject({ code: 'INVALID_REQUEST', details: { fields: [{ field }] } });
  expect(submitted).toEqual([]);
});
