import type { UnitOfWork } from '@cloud-bridge/base';
import { type Firestore, Timestamp } from 'firebase-admin/firestore';
import type { WalletCommand } from './commands.ts';
import type { Entry } from './entry.ts';
import type { CommittedWrite, LedgerWrite, StoredLedger, WalletStore } from './ledger.store.ts';
import { capture, charge, extend, grant, hold, minute, release } from './testing/fixtures.ts';
import { emptyWallet, type Wallet, type WalletAddress } from './wallet.ts';
import { WalletWriter } from './walletWriter.ts';

jest.mock('../../base/src/backOff.ts', () => ({ backOff: () => Promise.resolve() }));

const address: WalletAddress = { accountId: 'alice', walletId: 'main' };

/** gRPC codes as Firestore's SDK throws them. */
const INVALID_ARGUMENT = 3;
const ALREADY_EXISTS = 6;
const FAILED_PRECONDITION = 9;
const UNAVAILABLE = 14;
const UNKNOWN_OUTCOMES = [1, 2, 4, 8, 10, 13, UNAVAILABLE];

function grpcError(code: number, message = `code ${code}`): Error {
  return Object.assign(new Error(message), { code });
}

type Commit = (write: LedgerWrite, land: () => void) => Promise<void> | void;
const landing: Commit = (_write, land) => land();

/** A wallet's versioned documents, with commits that succeed or fail as the test decides. */
class FakeFirestore {
  wallet: Wallet | null = null;
  readonly entries = new Map<string, Entry>();
  readonly commits: LedgerWrite[] = [];
  reads = 0;
  /** Number of entries in each read. */
  readonly entriesRead: number[] = [];
  transactions = 0;
  /** The fates of the next commits, in order; all later commits succeed. */
  readonly script: Commit[] = [];
  /** The fate of every transaction. */
  transaction: Commit = landing;
  #version = 0;

  readonly store = {
    readLedger: async (_address: WalletAddress, ids: readonly string[]): Promise<StoredLedger> => {
      this.reads += 1;
      this.entriesRead.push(ids.length);
      return {
        wallet: this.wallet ?? emptyWallet('alice', 'main', minute(0)),
        updateTime: this.wallet ? this.#time : null,
        entries: new Map(ids.map((id) => [id, this.entries.get(id) ?? null])),
        entryUpdateTimes: new Map(ids.filter((id) => this.entries.has(id)).map((id) => [id, this.#time])),
      };
    },
    commit: async (_address: WalletAddress, write: LedgerWrite): Promise<CommittedWrite> => {
      this.commits.push(write);
      await (this.script.shift() ?? landing)(write, () => this.land(write));
      const written = [...write.created, ...write.updated];
      return { updateTime: this.#time, entryUpdateTimes: new Map(written.map(({ id }) => [id, this.#time])) };
    },
    commitIn: (_unit: UnitOfWork, _address: WalletAddress, write: LedgerWrite): void => {
      this.#staged = write;
    },
  } as unknown as WalletStore;

  #staged: LedgerWrite | null = null;

  readonly db = {
    runTransaction: async <T>(body: (transaction: unknown) => Promise<T>): Promise<T> => {
      this.transactions += 1;
      this.#staged = null;
      const result = await body({});
      const write = this.#staged as LedgerWrite | null;
      if (write) await this.transaction(write, () => this.land(write));
      return result;
    },
  } as unknown as Firestore;

  writer(): WalletWriter {
    return new WalletWriter(this.db, this.store, address);
  }

  get #time(): Timestamp {
    return Timestamp.fromMillis(this.#version);
  }

  /** What Firestore does: all of it, if the wallet is as it was and no entry is there yet. */
  land({ before, after, created, updated }: LedgerWrite): void {
    const expected = before.updateTime?.toMillis() ?? null;
    if (expected !== (this.wallet ? this.#version : null)) throw grpcError(FAILED_PRECONDITION);
    if (created.some(({ id }) => this.entries.has(id))) throw grpcError(ALREADY_EXISTS);
    for (const entry of [...created, ...updated]) this.entries.set(entry.id, entry);
    this.wallet = after;
    this.#version += 1;
  }
}

const throwing =
  (code: number): Commit =>
  () => {
    throw grpcError(code);
  };
const landingUnheard =
  (code: number): Commit =>
  (_write, land) => {
    land();
    throw grpcError(code);
  };

/** A gate that holds a commit up until the test opens it. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const commit: Commit = async (_write, land) => {
    await promise;
    land();
  };
  return { commit, open: () => resolve() };
}

/** Resolves when everything has been done that waits for nothing but its turn. */
const everythingElse = async () => {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

let firestore: FakeFirestore;
let writer: WalletWriter;

const submit = (command: WalletCommand) => writer.submit(command);

beforeEach(() => {
  firestore = new FakeFirestore();
  writer = firestore.writer();
});

describe('a commit with an unknown outcome', () => {
  it.each(UNKNOWN_OUTCOMES)('and that landed is answered as the first try, not as a replay (code %i)', async (code) => {
    firestore.script.push(landingUnheard(code));
    const cold = await writer.submit(grant(100));
    firestore.script.push(landingUnheard(code));
    const warm = await writer.submit(charge(30));
    expect([cold.replayed, warm.replayed]).toEqual([false, false]);
    expect(firestore.entries.size).toBe(2);
    expect(firestore.wallet?.availableCredits).toBe(70);
  });

  it('and that did not land is tried again', async () => {
    await writer.submit(grant(100));
    firestore.script.push(throwing(UNAVAILABLE));
    expect(await writer.submit(charge(30))).toMatchObject({ replayed: false, entry: { balanceAfterCredits: 70 } });
    expect(firestore.entries.size).toBe(2);
  });

  it('and that lands while the next try is on its way has one effect', async () => {
    await writer.submit(grant(100));
    let late = () => {};
    firestore.script.push((_write, land) => {
      late = land;
      throw grpcError(UNAVAILABLE);
    });
    firestore.script.push((_write, land) => {
      late();
      land();
    });
    expect(await writer.submit(charge(30))).toMatchObject({ replayed: false, entry: { sequence: 2 } });
    expect(firestore.wallet).toMatchObject({ availableCredits: 70, sequence: 2 });
  });

  it.each([
    ['landed', landingUnheard(UNAVAILABLE)],
    ['did not land', throwing(UNAVAILABLE)],
  ])('to the last try is a 503, and the retry finds what it did: it %s', async (_, fate) => {
    await writer.submit(grant(100));
    firestore.script.push(...Array<Commit>(24).fill(throwing(UNAVAILABLE)));
    firestore.transaction = fate;
    const command = charge(30);
    await expect(writer.submit(command)).rejects.toMatchObject({
      code: 'WALLET_BUSY',
      retryAfterSeconds: 1,
    });
    await writer.submit({ ...command, commandId: 'the retry' });
    expect(firestore.wallet).toMatchObject({ availableCredits: 70, sequence: 2 });
  });
});

describe('a lost race', () => {
  it('is decided again on what the winner left', async () => {
    await writer.submit(grant(100));
    await firestore.writer().submit(charge(60));
    expect(await writer.submit(charge(30))).toMatchObject({ entry: { balanceAfterCredits: 10, sequence: 3 } });
    await firestore.writer().submit(charge(5));
    await expect(writer.submit(charge(30))).rejects.toMatchObject({ details: { availableCredits: 5 } });
  });

  it('costs a read of the wallet alone; entries are read for those who need them', async () => {
    await writer.submit(grant(100));
    firestore.entriesRead.length = 0;
    await firestore.writer().submit(charge(10));
    await writer.submit(charge(10));
    expect(firestore.entriesRead).toEqual([0, 0]);
    await expect(writer.submit(charge(500))).rejects.toMatchObject({ code: 'INSUFFICIENT_CREDITS' });
    expect(firestore.entriesRead.at(-1)).toBe(1);
  });

  it('over a key that another process used is answered with what that did', async () => {
    await writer.submit(grant(100));
    const command = charge(30);
    await firestore.writer().submit(command);
    expect(await writer.submit({ ...command, commandId: 'another try' })).toMatchObject({
      replayed: true,
      entry: { commandId: command.commandId },
    });
    expect(firestore.wallet).toMatchObject({ availableCredits: 70, sequence: 2 });
  });

  it('that a look ahead was too early to see costs a look and no further commit', async () => {
    await writer.submit(grant(100));
    const overtaken: Commit = async (_write, land) => {
      await firestore.writer().submit(charge(1));
      land();
    };
    // After two losses in a row the third commit is accompanied by a look, which comes before the rival.
    firestore.script.push(overtaken, landing, overtaken, landing, overtaken, landing);
    expect(await writer.submit(charge(30))).toMatchObject({ entry: { balanceAfterCredits: 67 } });
    const own = firestore.commits.filter(({ created }) => created.some(({ amountCredits }) => amountCredits === -30));
    expect(own).toHaveLength(4);
  });

  it('twenty-four times in a row leads to a transaction, which is not lost', async () => {
    await writer.submit(grant(100));
    firestore.commits.length = 0;
    firestore.script.push(...Array<Commit>(30).fill(throwing(FAILED_PRECONDITION)));
    await writer.submit(charge(30));
    expect([firestore.commits.length, firestore.transactions]).toEqual([24, 1]);
    expect(firestore.wallet).toMatchObject({ availableCredits: 70, sequence: 2 });
  });
});

describe('what the writer remembers', () => {
  it('spares the next charge its read', async () => {
    await writer.submit(grant(100));
    const { reads } = firestore;
    await writer.submit(charge(30));
    await writer.submit(charge(30));
    expect(firestore.reads).toBe(reads);
  });

  it('never refuses a command, because another process may have added credits', async () => {
    await writer.submit(grant(10));
    await firestore.writer().submit(grant(100));
    expect(await writer.submit(charge(50))).toMatchObject({ entry: { balanceAfterCredits: 60 } });
  });

  it('refuses nothing: what is refused was read for it', async () => {
    await writer.submit(grant(10));
    const { reads } = firestore;
    await expect(writer.submit(charge(50))).rejects.toMatchObject({ code: 'INSUFFICIENT_CREDITS' });
    expect(firestore.reads).toBe(reads + 1);
  });

  it('spares the settlement of a hold its read', async () => {
    await writer.submit(grant(100));
    const { reads } = firestore;
    const { entry } = await writer.submit(hold(30));
    expect(writer.remembersHold(entry.id)).toBe(true);
    await writer.submit(extend(entry.id, minute(40)));
    expect(await writer.submit(capture(entry.id, 20))).toMatchObject({ entry: { balanceAfterCredits: 80 } });
    expect(firestore.reads).toBe(reads);
    expect(firestore.entries.get(entry.id)?.charge).toMatchObject({ status: 'captured', capturedCredits: 20 });
    expect(writer.remembersHold(entry.id)).toBe(false);
  });

  it('settles no hold that another process has settled', async () => {
    await writer.submit(grant(100));
    const { entry } = await writer.submit(hold(30));
    await firestore.writer().submit(capture(entry.id, null));
    await expect(writer.submit(capture(entry.id, null))).rejects.toMatchObject({ code: 'CHARGE_NOT_HELD' });
    expect(firestore.wallet).toMatchObject({ availableCredits: 70, heldCredits: 0 });
  });

  it('is nothing any more of a hold, once somebody else has written the wallet', async () => {
    await writer.submit(grant(100));
    const { entry } = await writer.submit(hold(30));
    await firestore.writer().submit(extend(entry.id, minute(90)));
    await writer.submit(charge(1));
    expect(writer.remembersHold(entry.id)).toBe(false);
    await writer.submit(release(entry.id, minute(80)));
    expect(firestore.entries.get(entry.id)?.charge).toMatchObject({ status: 'released', holdExpiresAt: minute(90) });
  });
});

describe('commands that share a commit', () => {
  /** Sends commands while a commit is on its way, so that they are settled by the next one. */
  async function together(commands: readonly WalletCommand[]): Promise<PromiseSettledResult<unknown>[]> {
    await writer.submit(grant(100));
    const { commit, open } = gate();
    firestore.script.unshift(commit);
    const first = writer.submit(charge(0));
    await everythingElse();
    const others = Promise.allSettled(commands.map((command) => writer.submit(command)));
    open();
    await first;
    return others;
  }

  it('are those that came while another was on its way', async () => {
    await together([charge(1), charge(2), charge(3)]);
    expect(firestore.commits.map(({ created }) => created.length)).toEqual([1, 1, 3]);
  });

  it('are refused alone: the others go through', async () => {
    const results = await together([charge(60), charge(60), charge(40)]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(firestore.wallet?.availableCredits).toBe(0);
  });

  it.each([
    ['cannot be counted', charge(-1), RangeError],
    ['nobody can make sense of', { ...charge(0), metadata: { poison: 'yes' } }, Error],
  ])('do not fail with one that %s', async (_, poison, error) => {
    const isPoisoned = ({ created }: LedgerWrite) => created.some((entry) => entry.charge?.metadata.poison);
    // Firestore refuses a commit with such an entry, however often it is tried.
    const picky: Commit = (write, land) => {
      if (isPoisoned(write)) throw grpcError(INVALID_ARGUMENT);
      land();
    };
    firestore.script.push(landing, ...Array<Commit>(50).fill(picky));
    firestore.transaction = picky;
    const results = await together([charge(10), poison, charge(20)]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((results[1] as PromiseRejectedResult).reason).toBeInstanceOf(error);
    expect(firestore.wallet?.availableCredits).toBe(70);
  });

  it('have one effect and two answers when they have one key', async () => {
    const command = charge(30);
    const results = await together([command, { ...command, commandId: 'another try' }]);
    const told = results.map((result) => (result as PromiseFulfilledResult<{ replayed: boolean }>).value.replayed);
    expect(told).toEqual([false, true]);
    expect(firestore.wallet?.availableCredits).toBe(70);
  });

  it('may make a hold and settle it', async () => {
    const first = hold(30);
    await together([first, capture(first.entryId, 10)]);
    expect(firestore.entries.get(first.entryId)?.charge).toMatchObject({ status: 'captured', capturedCredits: 10 });
    expect(firestore.wallet).toMatchObject({ availableCredits: 90, heldCredits: 0 });
  });

  it('are never more than a request can carry', async () => {
    await together(Array.from({ length: 450 }, () => charge(0)));
    expect(firestore.commits.map(({ created }) => created.length)).toEqual([1, 1, 400, 50]);
  });
});

describe('answers', () => {
  it('come only after the commit', async () => {
    const { commit, open } = gate();
    firestore.script.push(commit);
    let answered = false;
    const answer = writer.submit(grant(100)).then(() => {
      answered = true;
    });
    await everythingElse();
    expect([firestore.commits.length, answered]).toEqual([1, false]);
    open();
    await answer;
    expect(firestore.entries.size).toBe(1);
  });

  it('come to everybody whom a full queue took, and at once to whom it did not', async () => {
    const { commit, open } = gate();
    firestore.script.push(commit);
    const answers = Promise.allSettled(Array.from({ length: 10_001 }, () => writer.submit(charge(0))));
    open();
    const refusals = (await answers).filter(({ status }) => status === 'rejected');
    expect(refusals).toMatchObject([{ reason: { code: 'WALLET_BUSY', retryAfterSeconds: 1 } }]);
    expect(firestore.wallet?.sequence).toBe(10_000);
  });
});

it('an amount that no wallet could take is refused before anything is read', async () => {
  await expect(writer.submit(charge(-1))).rejects.toThrow(RangeError);
  await expect(writer.submit(grant(0.5))).rejects.toThrow(RangeError);
  expect(firestore.reads).toBe(0);
});

describe('an unknown outcome', () => {
  const busy = { code: 'WALLET_BUSY', retryAfterSeconds: 1 };

  it('is that of a transaction which the SDK commits once more after the answer was lost', async () => {
    firestore.script.push(...Array<Commit>(24).fill(throwing(UNAVAILABLE)));
    firestore.transaction = (_write, land) => {
      land();
      throw grpcError(INVALID_ARGUMENT, '3 INVALID_ARGUMENT: Transaction is invalid or closed.');
    };
    const command = grant(100);
    await expect(writer.submit(command)).rejects.toMatchObject(busy);
    expect(await writer.submit({ ...command, commandId: 'retry' })).toMatchObject({ replayed: true });
    expect(firestore.wallet?.availableCredits).toBe(100);
  });

  it('is that of a server which gives no answer for half a minute; what lands later is found by a retry', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    const { commit, open } = gate();
    firestore.script.push(commit);
    const command = grant(100);
    const refused = expect(writer.submit(command)).rejects.toMatchObject(busy);
    await jest.advanceTimersByTimeAsync(30_000);
    await refused;
    jest.useRealTimers();
    open();
    await everythingElse();
    expect(await writer.submit({ ...command, commandId: 'retry' })).toMatchObject({ replayed: true });
    expect(firestore.wallet).toMatchObject({ availableCredits: 100, sequence: 1 });
  });

  it('starts no further request after the caller was answered', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    const { promise, reject } = Promise.withResolvers<void>();
    firestore.script.push(() => promise);
    const refused = expect(writer.submit(grant(100))).rejects.toMatchObject(busy);
    await jest.advanceTimersByTimeAsync(30_000);
    await refused;
    jest.useRealTimers();
    reject(grpcError(UNAVAILABLE));
    await everythingElse();
    expect([firestore.commits.length, firestore.entries.size]).toEqual([1, 0]);
  });
});

describe('a commit', () => {
  it('carries no more bytes than a request can, and a command that is larger goes alone', async () => {
    const large = (units: number) => charge(0, { metadata: { note: 'x'.repeat(units) } });
    await writer.submit(grant(1));
    await Promise.all([large(300_000), large(300_000), large(300_000), large(700_000), charge(0)].map(submit));
    expect(firestore.commits.map(({ created }) => created.length)).toEqual([1, 2, 1, 1, 1]);
  });

  it('leaves out commands that have waited too long', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    await writer.submit(grant(100));
    const { commit, open } = gate();
    firestore.script.push(commit);
    const first = submit(charge(1));
    await everythingElse();
    const late = submit(charge(2));
    await jest.advanceTimersByTimeAsync(20_001);
    const fresh = submit(charge(3));
    open();
    expect(await Promise.allSettled([first, late, fresh])).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'WALLET_BUSY', retryAfterSeconds: 1 } },
      { status: 'fulfilled' },
    ]);
    jest.useRealTimers();
    expect(firestore.wallet).toMatchObject({ availableCredits: 96, sequence: 3 });
  });
});
