import { join } from 'node:path';

/** Absolute path of the repository, whatever folder the process was started in. */
export const projectRoot = join(import.meta.dirname, '..', '..');
