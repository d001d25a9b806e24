import { basename, dirname } from 'node:path';

/** The project of the test of owners, whose check goes over all accounts; other tests have accounts without users. */
export const OWNERS_PROJECT = 'demo-owners';

/** The project of a test file that has one for itself. */
export function projectOfFile(testPath: string): string {
  return `demo-beside-${basename(dirname(testPath))}-${basename(testPath, '.test.ts')}`.toLowerCase();
}
