import type { JsonReply } from './route.ts';

/** The usual envelope around one thing. */
export function data<T>(value: T, replayed = false): JsonReply<{ success: true; data: T }> {
  return { body: { success: true, data: value }, replayed };
}

/** The usual envelope around a page of a list. */
export function list<T>(page: Page<T>): JsonReply<{ success: true; data: T[]; nextCursor: string | null }> {
  return { body: { success: true, data: page.items, nextCursor: page.nextCursor } };
}

export interface Page<T> {
  readonly items: T[];
  readonly nextCursor: string | null;
}

/**
 * Makes a page of rows of which one more than `limit` was asked for: the extra row only tells that there is more.
 * @param cursorOf what the next page has to start after
 */
export function toPage<T>(rows: readonly T[], limit: number, cursorOf: (last: T) => string): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(cursorOf(last)) : null };
}

/** A cursor that stands for a position. */
export function encodeCursor(position: string): string {
  return Buffer.from(position, 'utf8').toString('base64url');
}

/** The position in a cursor; clients have no business knowing what is in it. */
export function decodeCursor(cursor: string): string {
  return Buffer.from(cursor, 'base64url').toString('utf8');
}
