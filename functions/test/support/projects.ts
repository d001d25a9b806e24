import { basename, dirname } from 'node:path';

/** The project of a test file that has one for itself. */
export function projectOfFile(testPath: string): string {
  return `demo-beside-${basename(dirname(testPath))}-${basename(testPath, '.test.ts')}`.toLowerCase();
}
