import type { IsoTime } from '@cloud-bridge/base';
import type { Catalog } from './catalog.ts';

/** A saved version of the catalog; versions never change. */
export interface CatalogVersion {
  readonly version: number;
  readonly catalog: Catalog;
  /** The operator's uid; null for the catalog that was in force before the first change. */
  readonly createdBy: string | null;
  readonly createdAt: IsoTime;
  readonly reason: string | null;
  /** The version that this version restored; null for any other change. */
  readonly restoredFrom: number | null;
}

/** A value that differs between two catalogs; null where a catalog doesn't have it. */
export interface CatalogDifference {
  /** The path of the value, such as `packs.starter.credits`. */
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Lists the differences between two catalogs except their version. Compares packs and plans by name, not by place. */
export function catalogDifferences(before: object, after: object): CatalogDifference[] {
  const [from, to] = [leavesOf(before), leavesOf(after)];
  return [...new Set([...from.keys(), ...to.keys()])].sort().flatMap((field) => {
    const difference = { field, before: from.get(field) ?? null, after: to.get(field) ?? null };
    const isSame = JSON.stringify(difference.before) === JSON.stringify(difference.after);
    return field === 'version' || isSame ? [] : [difference];
  });
}

/** Returns every value that isn't an object, by its dotted path. A list of items without names is one value. */
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
  // The order of the items counts as well; no name contains a star.
  return [['*', names], ...value.map((part, index): [string, unknown] => [names[index] ?? '', part])];
}

/** Returns a pack's key or a plan's slug; null for another value. */
function nameOf(value: unknown): string | null {
  if (value === null || typeof value !== 'object') return null;
  const { key, slug } = value as { key?: unknown; slug?: unknown };
  const name = key ?? slug;
  return typeof name === 'string' ? name : null;
}
