import { basename, dirname } from 'node:path';

/** The project for the test of owners: its check reads all accounts, and other tests create accounts without users. */
export const OWNERS_PROJECT = 'demo-owners';

/** The project of a test file that has its own project. */
export function projectOfFile(testPath: string): string {
  return `demo-beside-${basename(dirname(testPath))}-${basename(testPath, '.test.ts')}`.toLowerCase();
}
