import * as z from 'zod';
import { timePosition } from '../../platform/http/cursors.ts';
import { idSchema } from '../../platform/http/schemas.ts';
import type { SectionName } from './accountKeeper.ts';
import { EXPORT_SECTIONS } from './accounts.schemas.ts';
import type { AccountsNeeds } from './needs.ts';

/** The position at which an export continues. */
export const exportPosition = z.strictObject({
  section: z.enum(EXPORT_SECTIONS),
  after: z
    .union([
      timePosition,
      z.strictObject({ afterId: idSchema }),
      z.strictObject({ walletId: idSchema, beforeSequence: z.int().min(1).optional() }),
    ])
    .optional(),
});
type ExportPosition = z.output<typeof exportPosition>;

interface Exported {
  readonly section: SectionName;
  readonly record: Record<string, unknown>;
}

/** Returns a page of all data about an account: a part of one section. Stored data contains no secrets. */
export async function exportAccount(
  { keepers }: AccountsNeeds,
  accountId: string,
  limit: number,
  position: ExportPosition = { section: 'profile' },
): Promise<{ items: Exported[]; next: ExportPosition | null }> {
  const { section } = position;
  const read = keepers.map(({ sections }) => sections?.[section]).find((found) => found !== undefined);
  if (!read) throw new Error(`no keeper has the export section ${section}`);
  const { records, after } = await read(accountId, limit, position.after);
  const items = records.map((record) => ({ section, record: { ...record } }));
  if (after) return { items, next: { section, after } };
  const following = EXPORT_SECTIONS[EXPORT_SECTIONS.indexOf(section) + 1];
  return { items, next: following ? { section: following } : null };
}
