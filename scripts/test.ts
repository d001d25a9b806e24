import { dirname } from 'node:path';
import { withSuite } from '../local/suite/suite.ts';
import { runChecks } from '../local/suite/task/checks.ts';
import { type Counts, sum } from '../local/suite/task/counts.ts';
import { hasTests, LOGS, runJest } from '../local/suite/task/jest.ts';
import { Interrupted, Problem } from '../local/suite/task/problem.ts';
import { runTask } from '../local/suite/task/runTask.ts';

const root = dirname(import.meta.dirname);
const args = process.argv.slice(2);

/**
 * Tests with the emulators. Those that wait for others' answers all the time go first, the others take what is left.
 * What looks at all that they have left behind comes afterwards; `chaos` leaves nothing, and goes on beside it.
 */
const PROJECTS = ['emulators', 'chaos', 'firestore'] as const;
type Project = (typeof PROJECTS)[number];
const NICENESS: Record<Project, number> = { emulators: 0, chaos: 10, firestore: 5 };
const LEAVE_SOMETHING: readonly Project[] = ['emulators', 'firestore'];

const NOTHING: Counts = { passed: 0, failed: 0 };

interface Part {
  readonly name: string;
  readonly run: (interrupted: AbortSignal) => Promise<Counts>;
}

const unitTests: Part = {
  name: 'unit tests',
  // Jest would leave one core idle, which on two is half of them.
  run: (signal) => runJest({ root, project: 'unit', args: ['--maxWorkers=100%', ...args], signal }),
};
/** What needs nothing that runs. A search for certain tests leaves the static checks out. */
const quickParts = args.length === 0 ? [{ name: 'checks', run: staticChecks }, unitTests] : [unitTests];

await runTask(async (interrupted) => {
  const emulators = startEmulators(interrupted);
  try {
    return await runParts([...quickParts, { name: 'tests with the emulators', run: emulators.runTests }], interrupted);
  } finally {
    await emulators.stop();
  }
});

// With arguments it is a search for certain tests: a part may have none of them.
async function runParts(parts: readonly Part[], interrupted: AbortSignal): Promise<number> {
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
}

async function staticChecks(signal: AbortSignal): Promise<Counts> {
  const results = await runChecks(root, signal);
  const passed = results.filter(({ ok }) => ok).length;
  return { passed, failed: results.length - passed };
}

/** Starts the emulators while other parts run; their tests begin when those have passed. */
function startEmulators(interrupted: AbortSignal) {
  const wanted = Promise.withResolvers<boolean>();
  const ended = withEmulators(wanted.promise, interrupted);
  // Whoever runs the tests hears why the emulators didn't start.
  ended.catch(() => {});
  return {
    runTests: () => {
      wanted.resolve(true);
      return ended;
    },
    stop: async () => {
      wanted.resolve(false);
      await Promise.allSettled([ended]);
    },
  };
}

async function withEmulators(wanted: Promise<boolean>, interrupted: AbortSignal): Promise<Counts> {
  const projects = PROJECTS.filter((project) => args.length === 0 || hasTests(root, project, args));
  if (projects.length === 0) return NOTHING;
  // Tests provoke errors; what the emulators say about them is in the log.
  return await withSuite({ root, interrupted, stripe: 'local', onWarning: () => {} }, async (suite) => {
    if (!(await wanted)) return NOTHING;
    // Those of a project one after the other: they share the faults of the local Stripe, or want a machine's power.
    const shared = { root, inBand: true, signal: suite.ended, env: suite.environment };
    const run = (project: Project) => runJest({ ...shared, project, args, niceness: NICENESS[project] });
    const running = new Map(projects.map((project) => [project, run(project)]));
    const lookAfterwards = async (): Promise<Counts> => {
      const { failed } = sum(await Promise.all(LEAVE_SOMETHING.map((project) => running.get(project) ?? NOTHING)));
      // A search for certain tests has left only a part of it.
      return args.length > 0 || failed > 0 ? NOTHING : runJest({ ...shared, project: 'afterwards', args: [] });
    };
    const counts = sum(await Promise.all([...running.values(), lookAfterwards()]));
    if (counts.failed > 0) console.error(`Logs: ${LOGS} (functions that tests served), ${suite.logs} (all others)`);
    return counts;
  });
}

/** A part that could not run at all is one failure. */
function brokenDown(error: unknown): Counts {
  if (error instanceof Interrupted) throw error;
  console.error(error instanceof Problem ? error.message : error);
  return { passed: 0, failed: 1 };
}
