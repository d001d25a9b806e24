import { dirname } from 'node:path';
import { withSuite } from './suite/suite.ts';
import { runJest } from './task/jest.ts';
import { Problem } from './task/problem.ts';
import { runTask } from './task/runTask.ts';

const root = dirname(import.meta.dirname);

/** How much more than in `npm test` is tried. */
const SOAK = { HISTORIES: '2000', FAULT_RUNS: '100', PROPERTY_CASES: '100000' };

// The proofs of the wallet core at length: pure properties, histories against the emulator, every fault many times.
await runTask(async (interrupted) => {
  const unit = await runJest({
    root,
    project: 'unit',
    args: ['--testPathPatterns', 'functions/src/wallets/properties'],
    signal: interrupted,
    env: SOAK,
  });
  const emulators = await withSuite({ root, interrupted, stripe: 'local', onWarning: () => {} }, (suite) =>
    runJest({
      root,
      project: 'emulators',
      inBand: true,
      args: ['--testPathPatterns', 'functions/test/wallets/'],
      signal: suite.ended,
      env: { ...suite.environment, ...SOAK },
    }),
  );
  const passed = unit.passed + emulators.passed;
  const failed = unit.failed + emulators.failed;
  if (passed === 0) throw new Problem('No test ran.');
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
