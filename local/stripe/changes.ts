/**
 * Returns the `previous_attributes` of an update event.
 *
 * @param before a copy of the object from before the change
 * @returns former values of the attributes that changed; undefined when no attribute changed
 */
export function previousAttributes<T extends object>(before: T, after: T): Partial<T> | undefined {
  const changed = Object.entries(before).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(after[key as keyof T]),
  );
  return changed.length > 0 ? (Object.fromEntries(changed) as Partial<T>) : undefined;
}
