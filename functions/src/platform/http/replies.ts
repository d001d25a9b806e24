import type { JsonReply } from './route.ts';

/** Wraps an object in the usual envelope. */
export function data<T>(value: T, replayed = false): JsonReply<{ success: true; data: T }> {
  return { body: { success: true, data: value }, replayed };
}

/** Wraps a page of a list in the usual envelope. */
export function list<T>(page: Page<T>): JsonReply<{ success: true; data: T[]; nextCursor: string | null }> {
  return { body: { success: true, data: page.items, nextCursor: page.nextCursor } };
}

export interface Page<T> {
  readonly items: T[];
  readonly nextCursor: string | null;
}

/**
 * Makes a page from up to `limit + 1` rows. The extra row only shows that there are more.
 * @param cursorOf returns the position after which the next page starts
 */
export function toPage<T>(rows: readonly T[], limit: number, cursorOf: (last: T) => string): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(cursorOf(last)) : null };
}

/** Encodes a position as a cursor. */
export function encodeCursor(position: string): string {
  return Buffer.from(position, 'utf8').toString('base64url');
}

/** Decodes the position in a cursor. The content is opaque to clients. */
export function decodeCursor(cursor: string): string {
  return Buffer.from(cursor, 'base64url').toString('utf8');
}
