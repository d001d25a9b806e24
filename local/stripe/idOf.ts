/**
 * Returns the id in an expandable field. The fields of stored objects are never expanded, but their types allow it.
 *
 * @returns null when the field is empty
 */
export function idOf(field: string | { id?: string } | null | undefined): string | null {
  if (typeof field === 'string') return field;
  return field?.id ?? null;
}
