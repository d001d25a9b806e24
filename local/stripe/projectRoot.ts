import { join } from 'node:path';

/** Absolute path of the repository; doesn't depend on the folder in which the process was started. */
export const projectRoot = join(import.meta.dirname, '..', '..');
