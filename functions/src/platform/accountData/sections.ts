import type { Page, TimePosition } from '@cloud-bridge/base';
import type { SectionPart, SectionPosition } from './keeper.ts';

/** Makes the only part of a section from all its records. */
export function whole(records: readonly (object | null)[]): SectionPart {
  return { records: records.filter((record) => record !== null), after: null };
}

/** Makes a part of a section ordered by time. */
export function timed(records: readonly TimePosition[], limit: number): SectionPart {
  const last = records.at(-1);
  return { records, after: last && records.length === limit ? { createdAt: last.createdAt, id: last.id } : null };
}

/** Makes a part of a section ordered by id. Leaves out `deleteAt`, the time at which Firestore deletes a document. */
export function named<T extends object>({ items, after }: Page<T>): SectionPart {
  const records = items.map((item) => ({ ...item, deleteAt: undefined }));
  return { records, after: after === null ? null : { afterId: after } };
}

/** Returns the position in a section ordered by id; null at its beginning. */
export function idOf(after: SectionPosition | undefined): string | null {
  return after && 'afterId' in after ? after.afterId : null;
}

/** Returns the position in a section ordered by time; undefined at its beginning. */
export function timeOf(after: SectionPosition | undefined): TimePosition | undefined {
  return after && 'createdAt' in after ? after : undefined;
}
