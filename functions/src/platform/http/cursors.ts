import { invalidRequest, type TimePosition } from '@cloud-bridge/base';
import * as z from 'zod';
import { decodeCursor } from './replies.ts';
import { accountIdSchema } from './schemas.ts';

/**
 * Reads the JSON position in a cursor; refuses anything that this API didn't hand out.
 * @throws INVALID_REQUEST
 */
export function parseCursor<T>(cursor: string | undefined, schema: z.ZodType<T>): T | undefined {
  if (cursor === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(decodeCursor(cursor)));
  } catch {
    throw invalidRequest([{ in: 'query', field: 'cursor', message: 'must be a cursor that this API gave' }]);
  }
}

/** A position in a list ordered by time and, among equals, id. */
export const timePosition: z.ZodType<TimePosition> = z.strictObject({
  createdAt: z.iso.datetime(),
  // Of whatever is listed: ids of accounts may have more in them than others.
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
