import { invalidRequest, type TimePosition } from '@cloud-bridge/base';
import * as z from 'zod';
import { decodeCursor } from './replies.ts';
import { accountIdSchema } from './schemas.ts';

/**
 * Parses the JSON position in a cursor. Refuses a cursor that this API didn't issue.
 * @throws INVALID_REQUEST
 */
export function parseCursor<T>(cursor: string | undefined, schema: z.ZodType<T>): T | undefined {
  if (cursor === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(decodeCursor(cursor)));
  } catch {
    throw invalidRequest([{ in: 'query', field: 'cursor', message: 'must be a cursor from this API' }]);
  }
}

/** A position in a list ordered by time and, for equal times, by id. */
export const timePosition: z.ZodType<TimePosition> = z.strictObject({
  createdAt: z.iso.datetime(),
  // Ids of accounts allow more characters than other ids, and any object may be listed.
  id: accountIdSchema,
});

export function timePositionOf(item: TimePosition): string {
  return JSON.stringify({ createdAt: item.createdAt, id: item.id });
}

/** A position in a ledger. */
export const sequencePosition = z.strictObject({ sequence: z.int().min(1) });

export function sequencePositionOf(item: { sequence: number }): string {
  return JSON.stringify({ sequence: item.sequence });
}
