import { randomInt } from 'node:crypto';
import { dirname } from 'node:path';
import { withSuite } from '../local/suite/suite.ts';
import { sum } from '../local/suite/task/counts.ts';
import { runJest } from '../local/suite/task/jest.ts';
import { Problem } from '../local/suite/task/problem.ts';
import { runTask } from '../local/suite/task/runTask.ts';

const root = dirname(import.meta.dirname);

/** Environment variables for more and longer test cases than in `npm test`. */
const SOAK = {
  HISTORIES: '2000',
  FAULT_RUNS: '100',
  KILLS: '60',
  PROPERTY_CASES: '100000',
  FUZZ_REQUESTS: '20000',
  CHAOS_HISTORIES: '5000',
  USDC_HISTORIES: '1000',
  /** Four hours, in milliseconds. */
  PATIENCE_MS: '14400000',
};

/** Returns random seeds, unless a seed is given, so that each run tries different cases than `npm test`. */
function drawSeeds() {
  const drawn = String(randomInt(2 ** 31));
  const { SEED = drawn, FUZZ_SEED = drawn, CHAOS_SEED = drawn } = process.env;
  return { SEED, FUZZ_SEED, CHAOS_SEED };
}

// Runs the tests with random cases for a long time: pure properties, histories with the emulator, all faults, killed
// processes, payments with events in any order, and requests of every shape to every route.
await runTask(async (interrupted) => {
  const seeds = drawSeeds();
  console.log(
    Object.entries(seeds)
      .map((pair) => pair.join('='))
      .join(' '),
  );
  const env = { ...SOAK, ...seeds };
  const properties = ['--testPathPatterns', 'packages/ledger/src/properties'];
  const unit = await runJest({ root, project: 'unit', args: properties, signal: interrupted, env });
  const counts = await withSuite({ root, interrupted, stripe: 'local', onWarning: () => {} }, async (suite) => {
    const shared = { root, inBand: true, signal: suite.ended, env: { ...suite.environment, ...env } };
    return await Promise.all([
      runJest({ ...shared, project: 'chaos', args: [] }),
      runJest({ ...shared, project: 'firestore', args: [] }),
      runJest({ ...shared, project: 'emulators', args: ['--testPathPatterns', 'functions/test/platform/http/fuzz'] }),
    ]);
  });
  const { passed, failed } = sum([unit, ...counts]);
  if (passed === 0) throw new Problem('No test ran.');
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
