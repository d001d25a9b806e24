import { type DocumentReference, FieldValue, type Firestore, Timestamp } from 'firebase-admin/firestore';
import { runUnitOfWork, type UnitOfWork } from './unitOfWork.ts';

jest.mock('./backOff.ts', () => ({ backOff: () => Promise.resolve() }));

const INVALID_ARGUMENT = 3;
const ALREADY_EXISTS = 6;
const FAILED_PRECONDITION = 9;
const UNAVAILABLE = 14;

function grpcError(code: number): Error {
  return Object.assign(new Error(`code ${code}`), { code });
}

interface Write {
  readonly path: string;
  readonly fields: Record<string, unknown>;
  /** The version that the write requires; null if the document must not exist, undefined without a requirement. */
  readonly version: number | null | undefined;
}

type Commit = (land: () => void) => Promise<void> | void;
const landing: Commit = (land) => land();

/** A Firestore stand-in with versioned documents, whose commits fail as a test decides. */
class FakeFirestore {
  readonly documents = new Map<string, { fields: Record<string, unknown>; version: number }>();
  readonly script: Commit[] = [];
  commits = 0;
  transactions = 0;

  readonly db = {
    getAll: async (...references: DocumentReference[]) => references.map((reference) => this.#read(reference)),
    batch: () => this.#batch(),
    runTransaction: async <T>(body: (transaction: unknown) => Promise<T>) => {
      this.transactions += 1;
      const batch = this.#batch();
      const result = await body({ ...batch, getAll: this.db.getAll });
      this.#land(batch.writes);
      return result;
    },
  } as unknown as Firestore;

  #read(reference: DocumentReference) {
    const found = this.documents.get(reference.path);
    return {
      ref: reference,
      exists: found !== undefined,
      updateTime: found && Timestamp.fromMillis(found.version),
      data: () => found?.fields,
    };
  }

  #batch() {
    const writes: Write[] = [];
    return {
      writes,
      create: ({ path }: DocumentReference, fields: Write['fields']) => writes.push({ path, fields, version: null }),
      update: ({ path }: DocumentReference, fields: Write['fields'], tie?: { lastUpdateTime: Timestamp }) =>
        writes.push({ path, fields, version: tie?.lastUpdateTime.toMillis() }),
      commit: async () => {
        this.commits += 1;
        await (this.script.shift() ?? landing)(() => this.#land(writes));
      },
    };
  }

  #land(writes: readonly Write[]): void {
    for (const { path, version } of writes) {
      const found = this.documents.get(path);
      if (version === null && found) throw grpcError(ALREADY_EXISTS);
      if (typeof version === 'number' && found?.version !== version) throw grpcError(FAILED_PRECONDITION);
    }
    for (const { path, fields } of writes) this.put(path, fields);
  }

  put(path: string, fields: Record<string, unknown>): void {
    const { fields: before = {}, version = 0 } = this.documents.get(path) ?? {};
    this.documents.set(path, { fields: { ...before, ...fields }, version: version + 1 });
  }
}

const counter = { path: 'counters/one' } as DocumentReference;
const marker = { path: 'markers/one' } as DocumentReference;

/** Counts up and leaves a marker, once, as a webhook's handler does. */
async function countOnce(unit: UnitOfWork): Promise<number> {
  const [count, mark] = await unit.getAll(counter, marker);
  const before = Number(count?.data()?.count);
  if (mark?.exists) return before;
  unit.update(counter, { count: before + 1 });
  unit.create(marker, { at: before });
  return before + 1;
}

let firestore: FakeFirestore;
const countOf = () => firestore.documents.get(counter.path)?.fields.count;

beforeEach(() => {
  firestore = new FakeFirestore();
  firestore.put(counter.path, { count: 7 });
});

describe('a unit of work', () => {
  it('writes all its changes in one commit', async () => {
    expect(await runUnitOfWork(firestore.db, countOnce)).toBe(8);
    expect([countOf(), firestore.documents.has(marker.path), firestore.commits]).toEqual([8, true, 1]);
  });

  it('runs again when a document that it read changes before the commit', async () => {
    firestore.script.push((land) => {
      firestore.put(counter.path, { count: 20 });
      land();
    });
    expect(await runUnitOfWork(firestore.db, countOnce)).toBe(21);
    expect(countOf()).toBe(21);
  });

  it('runs again when a document that it creates already exists', async () => {
    firestore.script.push((land) => {
      firestore.put(marker.path, { at: 7 });
      land();
    });
    expect(await runUnitOfWork(firestore.db, countOnce)).toBe(7);
    expect(countOf()).toBe(7);
  });

  it.each([1, 2, 4, 8, 10, 13, UNAVAILABLE])('whose commit landed unheard has one effect (code %i)', async (code) => {
    firestore.script.push((land) => {
      land();
      throw grpcError(code);
    });
    expect(await runUnitOfWork(firestore.db, countOnce)).toBe(8);
    expect(countOf()).toBe(8);
  });

  it('returns its result only after the commit', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    firestore.script.push(async (land) => {
      await promise;
      land();
    });
    let given = false;
    const result = runUnitOfWork(firestore.db, countOnce).then(() => {
      given = true;
    });
    await new Promise((done) => setImmediate(done));
    expect([firestore.commits, given]).toEqual([1, false]);
    resolve();
    await result;
  });

  it('adds to numbers whatever their present values, without running again', async () => {
    let decisions = 0;
    firestore.script.push((land) => {
      firestore.put(counter.path, { count: 20 });
      land();
    });
    await runUnitOfWork(firestore.db, async (unit) => {
      decisions += 1;
      await unit.getAll(counter);
      unit.add(counter, { count: 2 });
    });
    expect([decisions, firestore.commits]).toEqual([1, 1]);
    expect(FieldValue.increment(2).isEqual(countOf() as FieldValue)).toBe(true);
  });

  it('that writes nothing makes no commit', async () => {
    firestore.put(marker.path, {});
    await runUnitOfWork(firestore.db, countOnce);
    expect(firestore.commits).toBe(0);
  });

  it('that fails permanently is not tried again, and has no effect', async () => {
    firestore.script.push(() => {
      throw grpcError(INVALID_ARGUMENT);
    });
    await expect(runUnitOfWork(firestore.db, countOnce)).rejects.toMatchObject({ code: INVALID_ARGUMENT });
    expect([countOf(), firestore.commits]).toEqual([7, 1]);
  });

  it('whose body throws writes nothing', async () => {
    const refusal = new Error('no');
    const body = async (unit: UnitOfWork) => {
      await countOnce(unit);
      throw refusal;
    };
    await expect(runUnitOfWork(firestore.db, body)).rejects.toBe(refusal);
    expect([countOf(), firestore.commits]).toEqual([7, 0]);
  });

  it('refuses to update a document that it has not read', async () => {
    const body = async (unit: UnitOfWork) => unit.update(counter, { count: 0 });
    await expect(runUnitOfWork(firestore.db, body)).rejects.toThrow('was not read');
    expect(countOf()).toBe(7);
  });

  it('that loses eight races runs in a transaction', async () => {
    const losing: Commit = () => {
      throw grpcError(FAILED_PRECONDITION);
    };
    firestore.script.push(...Array<Commit>(20).fill(losing));
    expect(await runUnitOfWork(firestore.db, countOnce)).toBe(8);
    expect([firestore.commits, firestore.transactions, countOf()]).toEqual([8, 1, 8]);
  });
});
