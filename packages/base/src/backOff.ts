const BASE_MS = 5;
const CAP_MS = 250;

/**
 * Waits before another attempt. The wait grows with each attempt and is partly random, so that competing writers don't
 * collide again.
 */
export function backOff(attempt: number): Promise<void> {
  const ceilingMs = Math.min(CAP_MS, BASE_MS * 2 ** attempt);
  const waitMs = ceilingMs * (0.5 + Math.random() / 2);
  return new Promise((resolve) => setTimeout(resolve, waitMs));
}
