import { dirname } from 'node:path';
import { withSuite } from '../local/suite/suite.ts';
import { Interrupted } from '../local/suite/task/problem.ts';
import { rejectedBy, runTask } from '../local/suite/task/runTask.ts';
import { printWelcome } from './welcome.ts';

const root = dirname(import.meta.dirname);

// Starts the suite and runs it until a signal. Exit codes: 0 after a stop when the suite was ready, the normal end;
// 128 + the signal's number after an earlier stop; 1 after a failure.
await runTask(async (interrupted) => {
  console.log('Starting the emulator suite (about 10 seconds)…');
  let ready = false;
  try {
    return await withSuite({ root, interrupted, stripe: 'environment' }, async (suite) => {
      await printWelcome(suite);
      console.log('Ready');
      ready = true;
      interrupted.addEventListener('abort', () => console.log('\nStopping…'), { once: true });
      return await rejectedBy(suite.ended);
    });
  } catch (error) {
    if (ready && error instanceof Interrupted) return 0;
    throw error;
  }
});
