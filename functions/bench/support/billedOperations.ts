import { v1 } from 'firebase-admin/firestore';

/** Operations that Firestore bills: documents written by successful commits, and documents read, also missing ones. */
export interface BilledOperations {
  readonly writes: number;
  readonly reads: number;
}

const billed = { writes: 0, reads: 0 };

/** Returns the operations of this process so far. */
export function billedSoFar(): BilledOperations {
  return { ...billed };
}

/** Returns the operations since an earlier result of `billedSoFar`. */
export function billedSince(before: BilledOperations): BilledOperations {
  return { writes: billed.writes - before.writes, reads: billed.reads - before.reads };
}

interface CommitRequest {
  readonly writes?: readonly unknown[];
}

interface ReadAnswer {
  readonly found?: unknown;
  readonly missing?: unknown;
  readonly document?: unknown;
}

// biome-ignore lint/suspicious/noExplicitAny: the generated client has a signature for every way to call it
type Method = (this: unknown, ...args: any[]) => any;

/** Starts the count, below the SDK, so that its own retries and transactions count too. Call this once in a process. */
export function countBilledOperations(): void {
  const client = v1.FirestoreClient.prototype as unknown as Record<'commit' | 'batchGetDocuments' | 'runQuery', Method>;
  const { commit, batchGetDocuments, runQuery } = client;
  client.commit = async function (request: CommitRequest, ...rest) {
    const answer = await commit.call(this, request, ...rest);
    billed.writes += request.writes?.length ?? 0;
    return answer;
  };
  client.batchGetDocuments = function (...args) {
    return countAnswers(batchGetDocuments.apply(this, args));
  };
  client.runQuery = function (...args) {
    return countAnswers(runQuery.apply(this, args));
  };
}

function countAnswers(stream: NodeJS.ReadableStream): NodeJS.ReadableStream {
  const { emit } = stream;
  // Wraps `emit`, because a listener for `data` would start the flow before the SDK listens.
  stream.emit = function (name: string | symbol, ...args: unknown[]) {
    if (name === 'data') {
      const { found, missing, document } = args[0] as ReadAnswer;
      if (found || missing || document) billed.reads += 1;
    }
    return emit.call(this, name, ...args);
  };
  return stream;
}
