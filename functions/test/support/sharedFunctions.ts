import type { Framework } from './framework.ts';

/** The functions that all tests share, between the start of jest and its end. */
export const shared = globalThis as { sharedFunctions?: readonly Framework[] };
