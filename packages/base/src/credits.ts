/**
 * Credits and money are safe integers everywhere. A value that isn't one can't be trusted to add up,
 * so it stops the request instead of being rounded.
 */
export function assertSafeInteger(value: number, name: string): number {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${name} is not a safe integer: ${value}`);
  // Firestore would store -0 as a floating point number.
  return value + 0;
}

/** Like {@link assertSafeInteger}, and not negative. */
export function assertNonNegative(value: number, name: string): number {
  const integer = assertSafeInteger(value, name);
  if (integer < 0) throw new RangeError(`${name} is negative: ${value}`);
  return integer;
}
