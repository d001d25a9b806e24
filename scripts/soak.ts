import { dirname } from 'node:path';
import { withSuite } from './suite/suite.ts';
import { sum } from './task/counts.ts';
import { runJest } from './task/jest.ts';
import { Problem } from './task/problem.ts';
import { runTask } from './task/runTask.ts';

const root = dirname(import.meta.dirname);

/** How much more than in `npm test` is tried. */
const SOAK = { HISTORIES: '2000', FAULT_RUNS: '100', KILLS: '60', PROPERTY_CASES: '100000', FUZZ_REQUESTS: '20000' };

// The proofs of the wallet core at length: pure properties, histories against the emulator, every fault, killed processes;
// and requests of every shape to every route.
await runTask(async (interrupted) => {
  const unit = await runJest({
    root,
    project: 'unit',
    args: ['--testPathPatterns', 'functions/src/wallets/properties'],
    signal: interrupted,
    env: SOAK,
  });
  const counts = await withSuite({ root, interrupted, stripe: 'local', onWarning: () => {} }, async (suite) => {
    const emulators = await runJest({
      root,
      project: 'emulators',
      args: ['--testPathPatterns', 'functions/test/(wallets/|http/fuzz)'],
      inBand: true,
      signal: suite.ended,
      env: { ...suite.environment, ...SOAK },
    });
    return [unit, emulators];
  });
  const { passed, failed } = sum(counts);
  if (passed === 0) throw new Problem('No test ran.');
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
