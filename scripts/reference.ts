import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorReference } from './reference/errorReference.ts';

// Writes the pages of docs/reference that are made from the code. A test fails while one of them is out of date.
writeFileSync(join(dirname(import.meta.dirname), 'docs', 'reference', 'errors.md'), errorReference());
