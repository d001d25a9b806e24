const BASE_MS = 5;
const CAP_MS = 250;

/** Waits before another try: longer each time, and never as long as others, so that rivals don't meet again. */
export function backOff(attempt: number): Promise<void> {
  const ceilingMs = Math.min(CAP_MS, BASE_MS * 2 ** attempt);
  const waitMs = ceilingMs * (0.5 + Math.random() / 2);
  return new Promise((resolve) => setTimeout(resolve, waitMs));
}
