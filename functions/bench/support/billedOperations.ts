import { v1 } from 'firebase-admin/firestore';

/** What Firestore bills: documents written by commits that succeeded, and documents read, missing ones among them. */
export interface BilledOperations {
  readonly writes: number;
  readonly reads: number;
}

const billed = { writes: 0, reads: 0 };

/** What this process has caused so far. */
export function billedSoFar(): BilledOperations {
  return { ...billed };
}

/** What was billed since an earlier look. */
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

/** Counts below the SDK, where its own retries and transactions pass too. To be called once in a process. */
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
  // A listener for `data` would start the flow before the SDK listens.
  stream.emit = function (name: string | symbol, ...args: unknown[]) {
    if (name === 'data') {
      const { found, missing, document } = args[0] as ReadAnswer;
      if (found || missing || document) billed.reads += 1;
    }
    return emit.call(this, name, ...args);
  };
  return stream;
}
