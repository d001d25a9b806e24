/**
 * The id of a field that may be expanded. Stored objects are never expanded, but their types cannot say so.
 *
 * @returns null when the field is empty
 */
export function idOf(field: string | { id?: string } | null | undefined): string | null {
  if (typeof field === 'string') return field;
  return field?.id ?? null;
}
