/**
 * Credits and money are safe integers everywhere. A value that isn't one can't be trusted to add up,
 * so it stops the request instead of being rounded.
 */
export function assertSafeInteger(value: number, name: string): number {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${name} is not a safe integer: ${value}`);
  return value;
}

/** Like {@link assertSafeInteger}, and not negative. */
export function assertNonNegative(value: number, name: string): number {
  if (assertSafeInteger(value, name) < 0) throw new RangeError(`${name} is negative: ${value}`);
  return value;
}
