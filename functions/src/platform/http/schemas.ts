import { ACCOUNT_ID, type IsoTime, isAccountId } from '@cloud-bridge/base';
import type { ZodType } from 'zod';
import * as z from 'zod';

/** Line breaks, tabs, escapes and the like: a log, a table or a page would take them for something of its own. */
const CONTROL_CHARACTER = /\p{Cc}/u;

/** True for text that can be written in one line. */
export function isOneLine(text: string): boolean {
  return !CONTROL_CHARACTER.test(text);
}

/** Text that somebody sends: a line that any store, log and client can carry. */
export function text(maxLength: number, minLength = 1): z.ZodString {
  return storedText(maxLength, minLength).refine(isOneLine, { message: 'must not contain control characters' });
}

/** Text that was stored before: whole Unicode characters, a bounded number of them. */
export function storedText(maxLength: number, minLength = 1): z.ZodString {
  return z
    .string()
    .min(minLength)
    .max(maxLength)
    .refine((value) => value.isWellFormed(), { message: 'must be well-formed Unicode' });
}

/** An id in a path or a field: never a path of its own, nor one of the names that Firestore keeps for itself. */
export const idSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/, { message: 'must be an id' });

export const idParams = z.strictObject({ id: idSchema });

/** An account's id, which is that of its user: Firebase Auth allows more in it than stands in the ids made here. */
export const accountIdSchema = z
  .string()
  .regex(ACCOUNT_ID, { message: 'must be the id of an account' })
  .refine(isAccountId, { message: 'must be the id of an account' });

export const accountIdParams = z.strictObject({ id: accountIdSchema });

/** A moment, in any offset and precision that ISO 8601 allows; kept in UTC with milliseconds. */
export const timeSchema = z.iso
  .datetime({ offset: true })
  // In another offset the last day of the year 9999 is past what sorts as text.
  .refine((value) => Date.parse(value) < Date.UTC(10_000, 0), {
    message: 'must be a time such as 2026-03-14T13:00:00Z',
  })
  .transform((value): IsoTime => new Date(value).toISOString());

/** A day in UTC that a report may begin or end with. */
export const daySchema = z.iso
  .date()
  .refine((day) => day >= '2000-01-01', { message: 'must be a day since 2000' })
  .meta({ example: '2026-03-14' });

/** A moment in an answer. */
export const timeOut = z.iso.datetime();

/** A whole number in a query string. */
function queryInteger(minimum: number, maximum: number) {
  return z
    .string()
    .regex(/^-?\d{1,15}$/, { message: 'must be a whole number' })
    .transform(Number)
    .pipe(z.int().min(minimum).max(maximum));
}

export const pageQuery = {
  limit: queryInteger(1, 100).optional().meta({ description: 'How many to give, 20 unless said otherwise.' }),
  // It may hold an account's id, and that 128 characters of any script.
  cursor: z.string().max(800).optional().meta({ description: 'The `nextCursor` of the page before.' }),
};

export const offsetQuery = {
  // Firestore reads, and bills, what is passed over.
  offset: queryInteger(0, 1_000)
    .optional()
    .meta({ description: 'How many to pass over, at most 1,000; `cursor` is faster and reaches everything.' }),
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
    nextCursor: z.string().nullable().meta({ description: 'Give it as `cursor` for the next page; null on the last.' }),
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
