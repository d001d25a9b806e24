/** gRPC status codes as the Firestore SDK reports them (https://grpc.github.io/grpc/core/md_doc_statuscodes.html). */
const CANCELLED = 1;
const UNKNOWN = 2;
const INVALID_ARGUMENT = 3;
const DEADLINE_EXCEEDED = 4;
const NOT_FOUND = 5;
const ALREADY_EXISTS = 6;
const PERMISSION_DENIED = 7;
const RESOURCE_EXHAUSTED = 8;
const FAILED_PRECONDITION = 9;
const ABORTED = 10;
const INTERNAL = 13;
const UNAVAILABLE = 14;
const UNAUTHENTICATED = 16;

const LOST_RACE: readonly unknown[] = [NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION, ABORTED];
const UNKNOWN_OUTCOME: readonly unknown[] = [
  CANCELLED,
  UNKNOWN,
  DEADLINE_EXCEEDED,
  RESOURCE_EXHAUSTED,
  INTERNAL,
  UNAVAILABLE,
];

/** The database can't be had now, or not by us. */
const OUTAGE: readonly unknown[] = [...UNKNOWN_OUTCOME, ABORTED, PERMISSION_DENIED, UNAUTHENTICATED];

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

export function isAlreadyExists(error: unknown): boolean {
  return codeOf(error) === ALREADY_EXISTS;
}

/** True when nothing was written because somebody else had written one of the documents meanwhile. */
export function isLostRace(error: unknown): boolean {
  const code = codeOf(error);
  return code === FAILED_PRECONDITION || code === ABORTED;
}

/**
 * True for a transaction that is over: the SDK repeats a commit whose answer was lost, and if that had landed, the
 * repetition is answered with this.
 */
function isClosedTransaction(error: unknown): boolean {
  return codeOf(error) === INVALID_ARGUMENT && /transaction is|transaction has/i.test((error as Error).message);
}

/**
 * True when a commit may be decided and tried again after reading afresh: somebody else was faster, or nobody knows
 * whether it happened. Reading tells, because every effect leaves an entry under its own id.
 */
export function mayBeRetried(error: unknown): boolean {
  const code = codeOf(error);
  return LOST_RACE.includes(code) || UNKNOWN_OUTCOME.includes(code) || isClosedTransaction(error);
}

/** True when the database as a whole can't be had: no other request would fare better now. */
export function isOutage(error: unknown): boolean {
  return OUTAGE.includes(codeOf(error));
}

/** True for what the database itself has answered, or the way to it. */
export function hasStatusCode(error: unknown): boolean {
  return typeof codeOf(error) === 'number';
}
