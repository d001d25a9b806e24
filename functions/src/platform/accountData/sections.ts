import type { Page, TimePosition } from '@cloud-bridge/base';
import type { SectionPart, SectionPosition } from './keeper.ts';

/** A section that has all its records at once. */
export function whole(records: readonly (object | null)[]): SectionPart {
  return { records: records.filter((record) => record !== null), after: null };
}

/** A part of a section that is listed by time. */
export function timed(records: readonly TimePosition[], limit: number): SectionPart {
  const last = records.at(-1);
  return { records, after: last && records.length === limit ? { createdAt: last.createdAt, id: last.id } : null };
}

/** A part of a section that is listed by id. Documents that Firestore deletes by itself say when: that is left out. */
export function named<T extends object>({ items, after }: Page<T>): SectionPart {
  const records = items.map((item) => ({ ...item, deleteAt: undefined }));
  return { records, after: after === null ? null : { afterId: after } };
}

/** The position in a section that is listed by id; null at its beginning. */
export function idOf(after: SectionPosition | undefined): string | null {
  return after && 'afterId' in after ? after.afterId : null;
}

/** The position in a section that is listed by time; undefined at its beginning. */
export function timeOf(after: SectionPosition | undefined): TimePosition | undefined {
  return after && 'createdAt' in after ? after : undefined;
}
