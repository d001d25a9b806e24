import { setTimeoutHandler } from '@google-cloud/firestore/build/src/backoff.js';

const LONGEST_MS = 20;

/**
 * Shortens the SDK's own waits between tries, which after RESOURCE_EXHAUSTED are a minute and more. Nothing may depend
 * on how long they are.
 */
export function shortenSdkDelays(): void {
  setTimeoutHandler((operation, delayMs) => setTimeout(operation, Math.min(delayMs, LONGEST_MS)));
}
