import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorReference } from './reference/errorReference.ts';

// Writes the pages of docs/reference that are generated from the code. A test fails while a page is out of date.
writeFileSync(join(dirname(import.meta.dirname), 'docs', 'reference', 'errors.md'), errorReference());
