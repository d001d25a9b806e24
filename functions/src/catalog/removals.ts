import { invalidField, isRecord } from '@cloud-bridge/base';
import { catalogWouldRemove } from './catalog.errors.ts';

/**
 * Refuses a change that removes a part without naming it, and a change that names a part which stays.
 * @throws CATALOG_WOULD_REMOVE, which lists everything that the change removes, INVALID_REQUEST for a named part that
 *   stays
 */
export function assertRemovalsNamed(before: object, after: object, named: readonly string[]): void {
  const removed = removalsOf(before, after);
  const stays = named.find((field) => !removed.includes(field));
  if (stays !== undefined) throw invalidField('removes', `must not name ${stays}, which this change does not remove`);
  if (removed.some((field) => !named.includes(field))) throw catalogWouldRemove(removed);
}

/**
 * Returns the dotted paths of the parts that the next version of a catalog leaves out: a whole pack, not each of its
 * fields. A plan whose billing `type` changes has other fields by design, so none of its old fields count as removed.
 */
export function removalsOf(before: object, after: object): string[] {
  return lostIn(before, after, []).sort();
}

function lostIn(before: unknown, after: unknown, path: readonly string[]): string[] {
  const [had, has] = [partsOf(before, path), partsOf(after, path)];
  if (!had || !has || (isBilling(path) && had.get('type') !== has.get('type'))) return [];
  return [...had].flatMap(([name, part]) => {
    // A part that is null has no content to remove; and setting a part to null is explicit, so it isn't a removal.
    if (part === null) return [];
    const field = [...path, name];
    return has.has(name) ? lostIn(part, has.get(name), field) : [field.join('.')];
  });
}

/** True for the path of a plan's billing, which has a type. Elsewhere `type` may be an operation's or pack's name. */
function isBilling([section, , field, ...rest]: readonly string[]): boolean {
  return section === 'plans' && field === 'billing' && rest.length === 0;
}

/** Returns the named parts of an object or a list; null for a value without named parts. */
function partsOf(value: unknown, path: readonly string[]): Map<string, unknown> | null {
  if (isRecord(value)) return new Map(Object.entries(value).filter(([, part]) => part !== undefined));
  if (!Array.isArray(value)) return null;
  const names = value.map((item) => nameOf(item, path));
  return names.every((name) => name !== null) ? new Map(names.map((name, index) => [name, value[index]])) : null;
}

/** Returns a pack's key, a plan's slug, or the item itself for a metered operation; null for an item without a name. */
function nameOf(item: unknown, path: readonly string[]): string | null {
  if (path[0] === 'meteredOperations') return String(item);
  const name = isRecord(item) ? (item.key ?? item.slug) : null;
  return typeof name === 'string' ? name : null;
}
