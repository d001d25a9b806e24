import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildFunctions } from '../local/suite/buildFunctions.ts';
import { type Suite, withSuite } from '../local/suite/suite.ts';
import { Problem } from '../local/suite/task/problem.ts';
import { runTask } from '../local/suite/task/runTask.ts';

const root = dirname(import.meta.dirname);
const patches = join(root, 'functions', 'test', 'mutants');

/** The npm scope of the packages in `packages/`. */
const OWN_SCOPE = '@cloud-bridge';

/** Parts of names of mutants to try: `npm run test:mutants -- audit` tries only mutants with `audit` in the name. */
const wanted = process.argv.slice(2);

interface Stage {
  readonly name: string;
  readonly project: string;
  readonly paths: string;
  /** Pattern of the names of the tests to run; all tests if absent. */
  readonly tests?: string;
}

/**
 * The tests of the wallet core, its audit and its sweepers, of deliveries and of payments; quick tests first.
 */
const STAGES: readonly Stage[] = [
  {
    name: 'unit tests',
    project: 'unit',
    paths: 'packages/|functions/src/(credits/(charges|deliveries)|notices|sales/deposits)/',
  },
  { name: 'USDC', project: 'firestore', paths: 'functions/test/providers/usdc/' },
  { name: 'events', project: 'firestore', paths: 'functions/test/sales/incoming/' },
  { name: 'histories', project: 'firestore', paths: 'functions/test/ledger/wallets/histories' },
  {
    name: 'audit',
    project: 'emulators',
    paths: 'functions/test/ledger/audit/',
    // The other tests look at all wallets, including wallets that earlier mutants left behind.
    tests: '^(a wallet changed|an entry|a hold|a long ledger|counters|a day)',
  },
  { name: 'killed processes', project: 'firestore', paths: 'functions/test/ledger/wallets/processes' },
  { name: 'faults', project: 'firestore', paths: 'functions/test/ledger/wallets/faults' },
  { name: 'chaos', project: 'chaos', paths: 'functions/test/chaos/' },
];

/**
 * Settings for a sample of CI's test cases, which is enough to catch a deliberate bug. The sample is always the same:
 * with random histories, a test of their coverage could fail by chance and seem to catch the bug.
 */
const SAMPLE = {
  PROPERTY_CASES: '1000',
  HISTORIES: '40',
  FAULT_RUNS: '1',
  SEED: '20261121',
  CHAOS_HISTORIES: '200',
  CHAOS_SEED: '20261121',
};

interface Verdict {
  readonly mutant: string;
  readonly why: string;
  /** The stage and the test that caught the mutant; null if no test did. */
  readonly caughtBy: string | null;
}

// Every deliberate bug must be caught by a test. A surviving bug shows that some behavior isn't tested.
await runTask(async (interrupted) =>
  withSuite({ root, interrupted, stripe: 'local', onWarning: () => {} }, async (suite) => {
    const verdicts: Verdict[] = [];
    const broken = await caughtBy(null, suite);
    if (broken) throw new Problem(`A test fails without any mutant: ${broken}`);
    for (const file of readdirSync(patches)
      .filter((name) => name.endsWith('.patch') && (wanted.length === 0 || wanted.some((part) => name.includes(part))))
      .sort()) {
      interrupted.throwIfAborted();
      const [why = ''] = readFileSync(join(patches, file), 'utf8').split('\n', 1);
      const verdict = { mutant: file.replace('.patch', ''), why, caughtBy: await caughtBy(file, suite) };
      verdicts.push(verdict);
      console.log(lineOf(verdict));
    }
    const survivors = verdicts.filter((verdict) => verdict.caughtBy === null).length;
    console.log(`${verdicts.length - survivors} caught, ${survivors} survived`);
    return survivors === 0 && verdicts.length > 0 ? 0 : 1;
  }),
);

function lineOf({ mutant, why, caughtBy: catcher }: Verdict): string {
  return `${mutant.padEnd(30)} ${catcher ? 'caught' : 'SURVIVED'}: ${why}\n  ${catcher ?? 'no test fails'}`;
}

/** Runs the tests on a copy with the bug; returns the stage and name of the first failing test, or null. */
async function caughtBy(patch: string | null, suite: Suite): Promise<string | null> {
  const copy = mkdtempSync(join(tmpdir(), 'mutant-'));
  try {
    makeCopy(copy);
    if (patch) apply(copy, patch);
    // Tests call the built functions over HTTP.
    await buildFunctions(copy, suite.ended);
    for (const stage of STAGES) {
      const failed = firstFailure(copy, stage, suite.environment);
      if (failed) return `${stage.name}: ${failed}`;
    }
    return null;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function makeCopy(copy: string): void {
  for (const name of [
    'jest.config.mjs',
    'package.json',
    'functions/package.json',
    'functions/build.mjs',
    'functions/bench',
    'functions/src',
    'functions/test',
    'packages',
    'scripts',
    'local',
  ]) {
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  linkModules(copy);
}

/** Links the installed packages into the copy, except the project's own packages, which must come from the copy. */
function linkModules(copy: string): void {
  for (const folder of ['.', 'functions', ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}`)]) {
    const installed = join(root, folder, 'node_modules');
    if (!existsSync(installed)) continue;
    mkdirSync(join(copy, folder, 'node_modules'), { recursive: true });
    for (const name of readdirSync(installed)) {
      if (name !== OWN_SCOPE) symlinkSync(join(installed, name), join(copy, folder, 'node_modules', name));
    }
  }
  mkdirSync(join(copy, 'node_modules', OWN_SCOPE));
  for (const name of readdirSync(join(copy, 'packages'))) {
    symlinkSync(join(copy, 'packages', name), join(copy, 'node_modules', OWN_SCOPE, name));
  }
}

function apply(copy: string, patch: string): void {
  const { status, stderr } = spawnSync('git', ['apply', join(patches, patch)], { cwd: copy, encoding: 'utf8' });
  if (status !== 0) throw new Problem(`${patch} no longer applies; create it again.\n${stderr}`);
}

/** Returns the name of the first failing test, or null. Tests that can't run at all are an error, not a failure. */
function firstFailure(copy: string, stage: Stage, environment: Record<string, string>): string | null {
  const jest = join(root, 'node_modules', '.bin', 'jest');
  const report = join(copy, 'report.json');
  rmSync(report, { force: true });
  // Stops at the first failing file, which is enough to catch the mutant.
  const args = ['--ci', '--runInBand', '--bail', '--selectProjects', stage.project, '--testPathPatterns', stage.paths];
  if (stage.tests) args.push('--testNamePattern', stage.tests);
  const { status } = spawnSync(jest, [...args, '--json', `--outputFile=${report}`], {
    cwd: copy,
    env: { ...process.env, ...environment, ...SAMPLE },
    stdio: 'ignore',
  });
  if (status === 0) return null;
  const failed = failedTests(report);
  if (!failed[0]) throw new Problem(`The ${stage.name} could not be run: jest ended with ${status}.`);
  return failed[0];
}

interface JestReport {
  readonly testResults: readonly { readonly assertionResults: readonly { status: string; fullName: string }[] }[];
}

function failedTests(file: string): string[] {
  if (!existsSync(file)) return [];
  const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as JestReport;
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  return tests.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
}
