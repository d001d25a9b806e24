import type { IsoTime } from '@cloud-bridge/base';
import type { Catalog } from './catalog.ts';

/** One version of the catalog, as it was saved; it never changes. */
export interface CatalogVersion {
  readonly version: number;
  readonly catalog: Catalog;
  /** Uid of the operator; null for what was in force before the first change. */
  readonly createdBy: string | null;
  readonly createdAt: IsoTime;
  readonly reason: string | null;
  /** The version whose content this one brought back. */
  readonly restoredFrom: number | null;
}

/** A figure or text that two catalogs don't share; null: there is none. */
export interface CatalogDifference {
  /** Where it stands, such as `packs.starter.credits`. */
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** What two catalogs differ in, besides their version: packs and plans by their names, whatever their place. */
export function catalogDifferences(before: object, after: object): CatalogDifference[] {
  const [from, to] = [leavesOf(before), leavesOf(after)];
  return [...new Set([...from.keys(), ...to.keys()])].sort().flatMap((field) => {
    const difference = { field, before: from.get(field) ?? null, after: to.get(field) ?? null };
    const isSame = JSON.stringify(difference.before) === JSON.stringify(difference.after);
    return field === 'version' || isSame ? [] : [difference];
  });
}

/** Every value that isn't an object, by its dotted path; lists of nameless things are values too. */
function leavesOf(value: unknown, path: readonly string[] = []): Map<string, unknown> {
  const parts = partsOf(value);
  if (parts === null) return new Map([[path.join('.'), value]]);
  return new Map(parts.flatMap(([name, part]) => [...leavesOf(part, [...path, name])]));
}

function partsOf(value: unknown): [string, unknown][] | null {
  if (value === null || typeof value !== 'object') return null;
  if (!Array.isArray(value)) return Object.entries(value).filter(([, part]) => part !== undefined);
  const names = value.map(nameOf);
  if (value.length === 0 || names.includes(null)) return null;
  // The order in which they are shown counts as well; no name has a star.
  return [['*', names], ...value.map((part, index): [string, unknown] => [names[index] ?? '', part])];
}

/** A pack's key, a plan's slug. */
function nameOf(value: unknown): string | null {
  if (value === null || typeof value !== 'object') return null;
  const { key, slug } = value as { key?: unknown; slug?: unknown };
  const name = key ?? slug;
  return typeof name === 'string' ? name : null;
}
