import { setTimeoutHandler } from '@google-cloud/firestore/build/src/backoff.js';

const LONGEST_MS = 20;

/**
 * Shortens the SDK's own waits between retries, which are a minute and more after RESOURCE_EXHAUSTED. The code must not
 * depend on their length.
 */
export function shortenSdkDelays(): void {
  setTimeoutHandler((operation, delayMs) => setTimeout(operation, Math.min(delayMs, LONGEST_MS)));
}
