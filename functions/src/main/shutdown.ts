import type { Parts } from './compose.ts';

/** What answers need to leave the process after the last commit. */
const ANSWERING_MS = 200;

/**
 * Lets a process that is told to end answer what it has taken on. The framework's own handler would end it at once, in
 * the midst of commits; so this takes its place, once the framework has set it up.
 */
export function drainOnShutdown({ wallets, lowBalances }: Parts): void {
  process.removeAllListeners('SIGTERM');
  process.once('SIGTERM', () => {
    const drained = wallets.drain().then(() => lowBalances.idle());
    void drained.finally(() => setTimeout(() => process.exit(0), ANSWERING_MS));
  });
}
