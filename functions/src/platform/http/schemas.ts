import { ACCOUNT_ID, type IsoTime, isAccountId } from '@cloud-bridge/base';
import type { ZodType } from 'zod';
import * as z from 'zod';

/** Line breaks, tabs, escapes and the like, which logs, tables and pages would interpret. */
const CONTROL_CHARACTER = /\p{Cc}/u;

/** True for text without control characters. */
export function isOneLine(text: string): boolean {
  return !CONTROL_CHARACTER.test(text);
}

/** Returns a schema for text in requests: one line of Unicode that any store, log and client can hold. */
export function text(maxLength: number, minLength = 1): z.ZodString {
  return storedText(maxLength, minLength).refine(isOneLine, { message: 'must not contain control characters' });
}

/** Returns a schema for text that may be stored already: well-formed Unicode of limited length. */
export function storedText(maxLength: number, minLength = 1): z.ZodString {
  return z
    .string()
    .min(minLength)
    .max(maxLength)
    .refine((value) => value.isWellFormed(), { message: 'must be well-formed Unicode' });
}

/** An id in a path or a field. Excludes slashes and the names that Firestore reserves. */
export const idSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/, { message: 'must be an id' });

export const idParams = z.strictObject({ id: idSchema });

/** An account's id, which is its user's uid. Firebase Auth allows more characters in a uid than our own ids have. */
export const accountIdSchema = z
  .string()
  .regex(ACCOUNT_ID, { message: 'must be the id of an account' })
  .refine(isAccountId, { message: 'must be the id of an account' });

export const accountIdParams = z.strictObject({ id: accountIdSchema });

/** A time in any offset and precision that ISO 8601 allows; converted to UTC with milliseconds. */
export const timeSchema = z.iso
  .datetime({ offset: true })
  // With an offset, the last day of the year 9999 may be in the year 10000 in UTC, which doesn't sort as text.
  .refine((value) => Date.parse(value) < Date.UTC(10_000, 0), {
    message: 'must be a time such as 2026-03-14T13:00:00Z',
  })
  .transform((value): IsoTime => new Date(value).toISOString());

/** A UTC day for the beginning or end of a report. */
export const daySchema = z.iso
  .date()
  .refine((day) => day >= '2000-01-01', { message: 'must be in the year 2000 or later' })
  .meta({ example: '2026-03-14' });

/** A time in a response. */
export const timeOut = z.iso.datetime();

/** Returns a schema for a whole number in a query string. */
function queryInteger(minimum: number, maximum: number) {
  return z
    .string()
    .regex(/^-?\d{1,15}$/, { message: 'must be a whole number' })
    .transform(Number)
    .pipe(z.int().min(minimum).max(maximum));
}

export const pageQuery = {
  limit: queryInteger(1, 100).optional().meta({ description: 'The number of items on a page; 20 by default.' }),
  // A cursor may contain an account's id, which may be 128 characters of any script.
  cursor: z.string().max(800).optional().meta({ description: 'The `nextCursor` of the previous page.' }),
};

export const offsetQuery = {
  // Firestore reads and bills the skipped items.
  offset: queryInteger(0, 1_000)
    .optional()
    .meta({ description: 'The number of items to skip, at most 1,000. `cursor` is faster and has no such limit.' }),
};

export const DEFAULT_PAGE_SIZE = 20;

/** `{success: true, data}` */
export function dataOf<T extends ZodType>(schema: T) {
  return z.object({ success: z.literal(true), data: schema });
}

/** `{success: true, data: [...], nextCursor}` */
export function listOf<T extends ZodType>(schema: T) {
  return z.object({
    success: z.literal(true),
    data: z.array(schema),
    nextCursor: z.string().nullable().meta({ description: 'The `cursor` of the next page; null on the last page.' }),
  });
}

export const errorSchema = z
  .object({
    success: z.literal(false),
    error: z.object({
      code: z.string().meta({ example: 'INSUFFICIENT_CREDITS' }),
      message: z.string(),
      details: z.record(z.string(), z.unknown()).optional(),
      requestId: z.string(),
    }),
  })
  .meta({ id: 'Error' });
