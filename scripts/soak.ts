import { dirname } from 'node:path';
import { withSuite } from './suite/suite.ts';
import { sum } from './task/counts.ts';
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
  const counts = await withSuite({ root, interrupted, stripe: 'local', onWarning: () => {} }, async (suite) => {
    const shared = { root, inBand: true, signal: suite.ended, env: { ...suite.environment, ...SOAK } };
    const histories = ['--testPathPatterns', 'functions/test/wallets/'];
    return [
      unit,
      await runJest({ ...shared, project: 'emulators', args: histories }),
      await runJest({ ...shared, project: 'soak', args: [] }),
    ];
  });
  const { passed, failed } = sum(counts);
  if (passed === 0) throw new Problem('No test ran.');
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
