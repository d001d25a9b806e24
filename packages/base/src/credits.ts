/**
 * Returns the value, with -0 as 0. Credits and money are safe integers everywhere. Sums of other numbers may be
 * inexact, so such a value stops the request instead of being rounded.
 * @throws RangeError if the value isn't a safe integer
 */
export function assertSafeInteger(value: number, name: string): number {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${name} is not a safe integer: ${value}`);
  // Firestore would store -0 as a floating-point number.
  return value + 0;
}

/**
 * Returns the value as {@link assertSafeInteger} does.
 * @throws RangeError if the value isn't a safe integer or is negative
 */
export function assertNonNegative(value: number, name: string): number {
  const integer = assertSafeInteger(value, name);
  if (integer < 0) throw new RangeError(`${name} is negative: ${value}`);
  return integer;
}
