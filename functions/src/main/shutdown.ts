import type { Parts } from './compose.ts';

/** Milliseconds for sending the answers after the last commit. */
const ANSWERING_MS = 200;

/**
 * Lets a process finish its requests on SIGTERM before it exits. Replaces the framework's handler, which would exit at
 * once, in the middle of commits; must run after the framework has set up that handler.
 */
export function drainOnShutdown({ wallets, lowBalances }: Parts): void {
  process.removeAllListeners('SIGTERM');
  process.once('SIGTERM', () => {
    const drained = wallets.drain().then(() => lowBalances.idle());
    void drained.finally(() => setTimeout(() => process.exit(0), ANSWERING_MS));
  });
}
