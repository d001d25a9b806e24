/**
 * What an update event tells in `previous_attributes`.
 *
 * @param before a copy made before the change
 * @returns the attributes that differ, with their former values; undefined when nothing differs
 */
export function previousAttributes<T extends object>(before: T, after: T): Partial<T> | undefined {
  const changed = Object.entries(before).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(after[key as keyof T]),
  );
  return changed.length > 0 ? (Object.fromEntries(changed) as Partial<T>) : undefined;
}
