import { invalidField, isAccountId } from '@cloud-bridge/base';

/** Most UTF-16 units of a key or an operation. */
const MAX_NAME_LENGTH = 255;
const MAX_DESCRIPTION_LENGTH = 1_000;
/** Longest hold, in seconds: a year. */
const MAX_HOLD_SECONDS = 31_536_000;

/**
 * Refuses a key or an operation that a wallet can't take.
 * @throws INVALID_REQUEST naming the field
 */
export function assertName(field: 'key' | 'operation', value: unknown): void {
  assertText(field, value, MAX_NAME_LENGTH);
}

/**
 * Refuses a description that a wallet can't take.
 * @throws INVALID_REQUEST
 */
export function assertDescription(value: unknown): void {
  assertText('description', value, MAX_DESCRIPTION_LENGTH);
}

function assertText(field: string, value: unknown, max: number): void {
  const isText = typeof value === 'string' && value.length >= 1 && value.length <= max && value.isWellFormed();
  if (!isText) throw invalidField(field, `must be a text of 1 to ${max} characters`);
}

/**
 * Refuses a text that can't name a document in Firestore.
 * @throws INVALID_REQUEST
 */
export function assertDocumentName(field: 'accountId' | 'walletId' | 'holdId', value: unknown): void {
  const isName = typeof value === 'string' && isAccountId(value);
  if (!isName) throw invalidField(field, 'must be 1 to 128 characters without a slash that do not begin with a dot');
}

/**
 * Refuses an amount that isn't a whole number of credits.
 * @throws INVALID_REQUEST
 */
export function assertCredits(value: unknown, min: 0 | 1): void {
  assertWhole('amountCredits', value, min, Number.MAX_SAFE_INTEGER);
}

/**
 * Refuses a duration that a hold can't have.
 * @throws INVALID_REQUEST
 */
export function assertHoldSeconds(value: unknown): void {
  assertWhole('expiresInSeconds', value, 1, MAX_HOLD_SECONDS);
}

/**
 * Refuses a value that isn't a whole number from `min` to `max`.
 * @throws INVALID_REQUEST
 */
export function assertWhole(field: string, value: unknown, min: number, max: number): void {
  const isWhole = Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max;
  if (!isWhole) throw invalidField(field, `must be a whole number from ${min} to ${max}`);
}

const LAST_YEAR = 9_999;

/**
 * Converts a deadline to ISO 8601 with milliseconds, the only form in which times sort as text; null if there is none.
 * @throws INVALID_REQUEST
 */
export function deadlineOf(expiresAt: Date | undefined): string | null {
  if (expiresAt === undefined) return null;
  const year = expiresAt instanceof Date ? expiresAt.getUTCFullYear() : Number.NaN;
  if (!(year >= 0 && year <= LAST_YEAR)) throw invalidField('expiresAt', `must be a Date up to the year ${LAST_YEAR}`);
  return expiresAt.toISOString();
}
