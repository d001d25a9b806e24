import { AsyncLocalStorage } from 'node:async_hooks';
import type { Firestore } from 'firebase-admin/firestore';

/**
 * The operations that Firestore bills: documents read, including missing ones, and documents written by successful
 * commits.
 */
export interface FirestoreOperations {
  reads: number;
  writes: number;
}

const counters = new AsyncLocalStorage<FirestoreOperations>();

/** Runs work and adds its reads and writes to the counter, including those of promises that the work returns. */
export function countingInto<T>(counter: FirestoreOperations, work: () => T): T {
  return counters.run(counter, work);
}

// biome-ignore lint/suspicious/noExplicitAny: the SDK doesn't tell the types of what lies below its API
type Below = (...args: any[]) => Promise<any>;

/**
 * Makes a client count operations for {@link countingInto}. Counts below the client's API, where retries and
 * transactions pass too. A commit shared by several requests counts for the request that began it.
 */
export function countOperations<T extends Firestore>(db: T): T {
  const below = db as unknown as { request: Below; requestStream: Below };
  const { request, requestStream } = below;
  below.request = async (method: string, body: { writes?: readonly unknown[] }, ...rest) => {
    const answer = await request.call(db, method, body, ...rest);
    const counter = counters.getStore();
    if (counter && method === 'commit') counter.writes += body.writes?.length ?? 0;
    return answer;
  };
  below.requestStream = async (...args) => {
    const stream = (await requestStream.apply(db, args)) as NodeJS.ReadableStream;
    const counter = counters.getStore();
    return counter ? countDocuments(stream, counter) : stream;
  };
  return db;
}

function countDocuments(stream: NodeJS.ReadableStream, counter: FirestoreOperations): NodeJS.ReadableStream {
  const { emit } = stream;
  // Overrides `emit`, because a listener for `data` would start the flow before the SDK listens.
  stream.emit = function (name: string | symbol, ...args: unknown[]) {
    const { found, missing, document } = name === 'data' ? ((args[0] ?? {}) as Record<string, unknown>) : {};
    if (found || missing || document) counter.reads += 1;
    return emit.call(this, name, ...args);
  };
  return stream;
}
