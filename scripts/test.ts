import { dirname } from 'node:path';
import { withSuite } from './suite/suite.ts';
import { runChecks } from './task/checks.ts';
import { type Counts, sum } from './task/counts.ts';
import { hasTests, runJest } from './task/jest.ts';
import { Interrupted, Problem } from './task/problem.ts';
import { runTask } from './task/runTask.ts';

const root = dirname(import.meta.dirname);
const args = process.argv.slice(2);

// With arguments it is a search for certain tests: the static checks are left out, and a part may have none of them.
const parts: { name: string; run: (interrupted: AbortSignal) => Promise<Counts> }[] = [
  // Jest would leave one core idle, which on two is half of them.
  {
    name: 'unit tests',
    run: (signal) => runJest({ root, project: 'unit', args: ['--maxWorkers=100%', ...args], signal }),
  },
  { name: 'tests with the emulators', run: withEmulators },
];
if (args.length === 0) parts.unshift({ name: 'checks', run: staticChecks });

await runTask(async (interrupted) => {
  const counts: Counts[] = [];
  let stoppedAt: string | undefined;
  for (const { name, run } of parts) {
    console.log(`\n── ${name}`);
    const result = await run(interrupted).catch((error: unknown) => brokenDown(error));
    counts.push(result);
    const empty = args.length === 0 && result.passed === 0;
    if (empty && result.failed === 0) console.error(`There are no ${name}.`);
    if (result.failed > 0 || empty) {
      stoppedAt = name;
      break;
    }
  }
  const { passed, failed } = sum(counts);
  if (stoppedAt) console.error(`Stopped at: ${stoppedAt}`);
  else if (passed === 0) console.error('No test matches.');
  console.log(`${passed} passed, ${failed} failed`);
  return stoppedAt || passed === 0 ? 1 : 0;
});

async function staticChecks(signal: AbortSignal): Promise<Counts> {
  const results = await runChecks(root, signal);
  const passed = results.filter(({ ok }) => ok).length;
  return { passed, failed: results.length - passed };
}

async function withEmulators(interrupted: AbortSignal): Promise<Counts> {
  const projects = ['emulators', 'firestore'].filter((project) => args.length === 0 || hasTests(root, project, args));
  if (projects.length === 0) return { passed: 0, failed: 0 };
  // Tests provoke errors; what the emulators say about them is in the log.
  return await withSuite({ root, interrupted, stripe: 'local', onWarning: () => {} }, async (suite) => {
    // Those of a project one after the other: they share the faults of the local Stripe, or want a machine's power.
    const shared = { root, inBand: true, signal: suite.ended, env: suite.environment };
    const counts = sum(await Promise.all(projects.map((project) => runJest({ ...shared, project, args }))));
    // What all tests together have done is looked at only when all have run.
    if (args.length > 0 || counts.failed > 0) return counts;
    return sum([counts, await runJest({ ...shared, project: 'afterwards', args: [] })]);
  });
}

/** A part that could not run at all is one failure. */
function brokenDown(error: unknown): Counts {
  if (error instanceof Interrupted) throw error;
  console.error(error instanceof Problem ? error.message : error);
  return { passed: 0, failed: 1 };
}
