import type { Framework } from './framework.ts';

/** The functions that all tests share while jest runs. */
export const shared = globalThis as { sharedFunctions?: readonly Framework[] };
