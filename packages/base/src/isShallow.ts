/**
 * True for a JSON value that is nested at most `maxDepth` levels deep. Works without recursion, because deeply nested
 * input would overflow the stack.
 */
export function isShallow(value: unknown, maxDepth: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; depth <= maxDepth; depth += 1) {
    level = level.flatMap((item) => (item !== null && typeof item === 'object' ? Object.values(item) : []));
    if (level.length === 0) return true;
  }
  return false;
}
