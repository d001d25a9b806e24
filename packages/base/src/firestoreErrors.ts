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

/** Firestore is unavailable, or refuses this process. */
const OUTAGE: readonly unknown[] = [...UNKNOWN_OUTCOME, ABORTED, PERMISSION_DENIED, UNAUTHENTICATED];

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

export function isAlreadyExists(error: unknown): boolean {
  return codeOf(error) === ALREADY_EXISTS;
}

/** True when a commit wrote nothing because another writer changed one of its documents first. */
export function isLostRace(error: unknown): boolean {
  const code = codeOf(error);
  return code === FAILED_PRECONDITION || code === ABORTED;
}

/**
 * True when a transaction has already ended. The SDK repeats a commit whose response was lost; if the first commit
 * succeeded, Firestore answers the repeated commit with this error.
 */
function isClosedTransaction(error: unknown): boolean {
  return codeOf(error) === INVALID_ARGUMENT && /transaction is|transaction has/i.test((error as Error).message);
}

/**
 * True when a commit may be decided and tried again after a fresh read: another writer was faster, or the outcome is
 * unknown. The fresh read shows the outcome, because every effect leaves an entry under its own id.
 */
export function mayBeRetried(error: unknown): boolean {
  const code = codeOf(error);
  return LOST_RACE.includes(code) || UNKNOWN_OUTCOME.includes(code) || isClosedTransaction(error);
}

/** True when Firestore as a whole is unavailable, so that other requests would fail too. */
export function isOutage(error: unknown): boolean {
  return OUTAGE.includes(codeOf(error));
}

/** True for an error from Firestore or from the connection to Firestore. */
export function hasStatusCode(error: unknown): boolean {
  return typeof codeOf(error) === 'number';
}
