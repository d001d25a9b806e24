import { invalidField, isRecord } from '@cloud-bridge/base';
import { catalogWouldRemove } from './catalog.errors.ts';

/**
 * Refuses a change that would remove something without saying so, and one that says so of something that stays.
 * @throws CATALOG_WOULD_REMOVE, which lists everything that would go, INVALID_REQUEST for a name that would stay
 */
export function assertRemovalsNamed(before: object, after: object, named: readonly string[]): void {
  const removed = removalsOf(before, after);
  const stays = named.find((field) => !removed.includes(field));
  if (stays !== undefined) throw invalidField('removes', `must not name ${stays}, which this change does not remove`);
  if (removed.some((field) => !named.includes(field))) throw catalogWouldRemove(removed);
}

/**
 * What a catalog has that its next version would not have, by dotted path: a whole pack, not each of its fields. A plan
 * that is sold in another way (its `type`) has other fields by design, so nothing of the old way counts as removed.
 */
export function removalsOf(before: object, after: object): string[] {
  return lostIn(before, after, []).sort();
}

function lostIn(before: unknown, after: unknown, path: readonly string[]): string[] {
  const [had, has] = [partsOf(before, path), partsOf(after, path)];
  if (!had || !has || (isBilling(path) && had.get('type') !== has.get('type'))) return [];
  return [...had].flatMap(([name, part]) => {
    // Null says that there is nothing: such a part can't go, and becoming null is said in so many words.
    if (part === null) return [];
    const field = [...path, name];
    return has.has(name) ? lostIn(part, has.get(name), field) : [field.join('.')];
  });
}

/** Only a plan's `billing` has a type: elsewhere `type` is the name of an operation, a pack or the like. */
function isBilling([section, , field, ...rest]: readonly string[]): boolean {
  return section === 'plans' && field === 'billing' && rest.length === 0;
}

/** The named parts of an object or a list; none for a value that has no parts. */
function partsOf(value: unknown, path: readonly string[]): Map<string, unknown> | null {
  if (isRecord(value)) return new Map(Object.entries(value).filter(([, part]) => part !== undefined));
  if (!Array.isArray(value)) return null;
  const names = value.map((item) => nameOf(item, path));
  return names.every((name) => name !== null) ? new Map(names.map((name, index) => [name, value[index]])) : null;
}

/** A pack's key or a plan's slug; operations that are metered are their names. */
function nameOf(item: unknown, path: readonly string[]): string | null {
  if (path[0] === 'meteredOperations') return String(item);
  const name = isRecord(item) ? (item.key ?? item.slug) : null;
  return typeof name === 'string' ? name : null;
}
