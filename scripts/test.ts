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
 * Projects of tests with the emulators. `emulators`, which mostly waits for answers, has priority for the processor.
 * The project `afterwards`, which checks the data that tests left behind, runs after the projects that leave data;
 * `chaos` leaves no data and may run at the same time.
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
  // By default jest leaves a core idle, which is half of a machine with two cores.
  run: (signal) => runJest({ root, project: 'unit', args: ['--maxWorkers=100%', ...args], signal }),
};
/** Parts that need no suite. A search for certain tests leaves out the static checks. */
const quickParts = args.length === 0 ? [{ name: 'checks', run: staticChecks }, unitTests] : [unitTests];

await runTask(async (interrupted) => {
  const emulators = startEmulators(interrupted);
  try {
    return await runParts([...quickParts, { name: 'tests with the emulators', run: emulators.runTests }], interrupted);
  } finally {
    await emulators.stop();
  }
});

// With arguments, this is a search for certain tests, so a part may have no matching tests.
async function runParts(parts: readonly Part[], interrupted: AbortSignal): Promise<number> {
  const counts: Counts[] = [];
  let stoppedAt: string | undefined;
  for (const { name, run } of parts) {
    console.log(`\n── ${name}`);
    const result = await run(interrupted).catch((error: unknown) => brokenDown(error));
    counts.push(result);
    const empty = args.length === 0 && result.passed === 0;
    if (empty && result.failed === 0) console.error(`No ${name} were found.`);
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

/** Starts the emulators while the other parts run; the tests with the emulators begin when these parts have passed. */
function startEmulators(interrupted: AbortSignal) {
  const wanted = Promise.withResolvers<boolean>();
  const ended = withEmulators(wanted.promise, interrupted);
  // Keeps the rejection from counting as unhandled; the run of the tests reports why the emulators didn't start.
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
  // Warnings aren't printed, because tests provoke errors; the log has the emulators' messages.
  return await withSuite({ root, interrupted, stripe: 'local', onWarning: () => {} }, async (suite) => {
    if (!(await wanted)) return NOTHING;
    // A project's test files run one after the other: they share the local Stripe's faults, or need all cores.
    const shared = { root, inBand: true, signal: suite.ended, env: suite.environment };
    const run = (project: Project) => runJest({ ...shared, project, args, niceness: NICENESS[project] });
    const running = new Map(projects.map((project) => [project, run(project)]));
    const lookAfterwards = async (): Promise<Counts> => {
      const { failed } = sum(await Promise.all(LEAVE_SOMETHING.map((project) => running.get(project) ?? NOTHING)));
      // The project `afterwards` needs the data of all tests, which a search for certain tests doesn't create.
      return args.length > 0 || failed > 0 ? NOTHING : runJest({ ...shared, project: 'afterwards', args: [] });
    };
    const counts = sum(await Promise.all([...running.values(), lookAfterwards()]));
    if (counts.failed > 0) console.error(`Logs: ${LOGS} (functions that tests served), ${suite.logs} (all others)`);
    return counts;
  });
}

/** Returns one failure for a part that could not run at all. */
function brokenDown(error: unknown): Counts {
  if (error instanceof Interrupted) throw error;
  console.error(error instanceof Problem ? error.message : error);
  return { passed: 0, failed: 1 };
}
