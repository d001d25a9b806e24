import { join } from 'node:path';
import { describeProgram } from '../testing/describeProgram.ts';

describeProgram(
  join(import.meta.dirname, 'main.ts'),
  'LOCAL_CREEM_PORT',
  /^Local Creem listens on http:\/\/127\.0\.0\.1:\d+$/,
);
