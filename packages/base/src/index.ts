export { AppError, type BaseErrorCode, type FieldProblem, invalidField, invalidRequest } from './appError.ts';
export { atMost } from './atMost.ts';
export { backOff } from './backOff.ts';
export { cleanError, cleanErrorOf, cleanLogger, cleanText } from './cleanText.ts';
export { assertNonNegative, assertSafeInteger } from './credits.ts';
export { hasStatusCode, isAlreadyExists, isLostRace, isOutage, mayBeRetried } from './firestoreErrors.ts';
export { groupsOf } from './groupsOf.ts';
export { commandIds, type Idempotency, idempotencyKeyReused } from './idempotency.ts';
export { IdempotencyKey, idOfKey, idOfRequest } from './idempotencyKey.ts';
export { ACCOUNT_ID, derivedId, isAccountId, randomId, requestHash, sha256Hex } from './ids.ts';
export { isRecord } from './isRecord.ts';
export { isShallow } from './isShallow.ts';
export { type Asynchronous, lazily } from './lazily.ts';
export type { Logger } from './logger.ts';
export { once } from './once.ts';
export { oneAtATime } from './oneAtATime.ts';
export { deletePage, type Page, pageById, updatePage } from './pages.ts';
export { type DocumentSource, readAll } from './readAll.ts';
export { isReadOnly, withoutWriting } from './readOnly.ts';
export { type StoredConverter, storedAs } from './storedAs.ts';
export { sweep } from './sweep.ts';
export { Throttled } from './throttled.ts';
export {
  addDays,
  addSeconds,
  type Clock,
  dayOf,
  daysOf,
  hasLapsed,
  type IsoDay,
  type IsoMonth,
  type IsoTime,
  isoTime,
  laterOf,
  positionOf,
  secondsOf,
  startOfDay,
  type TimePosition,
} from './time.ts';
export { runUnitOfWork, TransactionUnit, type UnitOfWork } from './unitOfWork.ts';
export { TookTooLong, within } from './within.ts';
export {
  type Cursors,
  FIVE_MINUTE_RUN,
  pageOf,
  type RunLimits,
  type WorkNeeds,
  type WorkPage,
  workThrough,
} from './workThrough.ts';
