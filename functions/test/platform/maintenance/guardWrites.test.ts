import { randomUUID } from 'node:crypto';
import { isoTime, withoutWriting } from '@cloud-bridge/base';
import { initializeApp } from 'firebase-admin/app';
import { type Firestore, getFirestore } from 'firebase-admin/firestore';
import { guardWrites } from '../../../src/platform/maintenance/guardWrites.ts';
import { clearDatabase } from '../../support/clearDatabase.ts';

const projectId = `demo-guard-${randomUUID().slice(0, 8)}`;
const clientOf = (name: string) => getFirestore(initializeApp({ projectId }, `${projectId}-${name}`));

let isOver = false;
let guarded: Firestore;
let free: Firestore;
beforeAll(async () => {
  free = clientOf('free');
  guarded = guardWrites(clientOf('guarded'), { isOn: async () => true, refusesEveryWrite: async () => isOver }, () =>
    isoTime(Date.now()),
  );
  await free.doc('things/there').set({ value: 1 });
});
afterAll(() => clearDatabase(projectId));

/** All methods with which the SDK writes. */
const WAYS: Record<string, (db: Firestore) => Promise<unknown>> = {
  create: (db) => db.doc('things/new').create({ value: 2 }),
  add: (db) => db.collection('things').add({ value: 2 }),
  set: (db) => db.doc('things/there').set({ value: 2 }),
  update: (db) => db.doc('things/there').update({ value: 2 }),
  delete: (db) => db.doc('things/there').delete(),
  batch: (db) => db.batch().set(db.doc('things/there'), { value: 2 }).commit(),
  transaction: (db) =>
    db.runTransaction(async (transaction) => {
      const snapshot = await transaction.get(db.doc('things/there'));
      transaction.update(snapshot.ref, { value: 2 });
    }),
  bulkWriter: async (db) => {
    const writer = db.bulkWriter();
    writer.onWriteError(() => false);
    const writing = writer.set(db.doc('things/there'), { value: 2 });
    await Promise.all([writing, writer.close()]);
  },
  recursiveDelete: (db) => {
    const writer = db.bulkWriter();
    writer.onWriteError(() => false);
    return db.recursiveDelete(db.collection('things'), writer);
  },
};

const everything = async () =>
  (await free.collection('things').get()).docs.map((document) => [document.id, document.data()]);

it.each(Object.keys(WAYS))(
  '%s writes nothing in requests that may only read, nor in work that wakes up too late',
  async (name) => {
    const way = WAYS[name] as (db: Firestore) => Promise<unknown>;
    isOver = false;
    await expect(withoutWriting(() => way(guarded))).rejects.toThrow();
    isOver = true;
    await expect(way(guarded)).rejects.toThrow();
    expect(await everything()).toEqual([['there', { value: 1 }]]);
  },
);
