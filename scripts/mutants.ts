import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { withSuite } from './suite/suite.ts';
import { Problem } from './task/problem.ts';
import { runTask } from './task/runTask.ts';

const root = dirname(import.meta.dirname);
const patches = join(root, 'functions', 'test', 'mutants');

/** Tests that hold for the wallet core, the quick ones first; each run ends with its first failure. */
const STAGES = [
  { name: 'unit tests', project: 'unit', paths: 'functions/src/(wallets|shared)/' },
  { name: 'histories', project: 'emulators', paths: 'functions/test/wallets/histories' },
  { name: 'killed processes', project: 'emulators', paths: 'functions/test/wallets/processes' },
  { name: 'faults', project: 'emulators', paths: 'functions/test/wallets/faults' },
];

/** A sample of what CI runs is enough to notice a deliberate bug. */
const SAMPLE = { PROPERTY_CASES: '300', HISTORIES: '40', FAULT_RUNS: '1' };

interface Verdict {
  readonly mutant: string;
  readonly why: string;
  /** What caught it; null when nothing did. */
  readonly caughtBy: string | null;
}

// Every deliberate bug has to be caught by a test: one that survives says that something is not tested.
await runTask(async (interrupted) =>
  withSuite({ root, interrupted, stripe: 'local', onWarning: () => {} }, async (suite) => {
    const verdicts: Verdict[] = [];
    const broken = caughtBy(null, suite.environment);
    if (broken) throw new Problem(`The ${broken} fail without any mutant.`);
    for (const file of readdirSync(patches)
      .filter((name) => name.endsWith('.patch'))
      .sort()) {
      interrupted.throwIfAborted();
      const [why = ''] = readFileSync(join(patches, file), 'utf8').split('\n', 1);
      const verdict = { mutant: file.replace('.patch', ''), why, caughtBy: caughtBy(file, suite.environment) };
      verdicts.push(verdict);
      console.log(lineOf(verdict));
    }
    const survivors = verdicts.filter((verdict) => verdict.caughtBy === null).length;
    console.log(`${verdicts.length - survivors} caught, ${survivors} survived`);
    return survivors === 0 && verdicts.length > 0 ? 0 : 1;
  }),
);

function lineOf({ mutant, why, caughtBy: catcher }: Verdict): string {
  return `${mutant.padEnd(30)} ${(catcher ? `caught by ${catcher}` : 'SURVIVED').padEnd(32)} ${why}`;
}

/** Runs the tests on a copy with the bug in it; says which stage failed. */
function caughtBy(patch: string | null, environment: Record<string, string>): string | null {
  const copy = mkdtempSync(join(tmpdir(), 'mutant-'));
  try {
    makeCopy(copy);
    if (patch) apply(copy, patch);
    return STAGES.find((stage) => !passes(copy, stage, environment))?.name ?? null;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function makeCopy(copy: string): void {
  for (const name of [
    'jest.config.mjs',
    'package.json',
    'functions/package.json',
    'functions/src',
    'functions/test',
    'scripts',
    'local',
  ]) {
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  for (const folder of ['node_modules', 'functions/node_modules']) symlinkSync(join(root, folder), join(copy, folder));
}

function apply(copy: string, patch: string): void {
  const { status, stderr } = spawnSync('git', ['apply', join(patches, patch)], { cwd: copy, encoding: 'utf8' });
  if (status !== 0) throw new Problem(`${patch} doesn't apply any more; make it anew.\n${stderr}`);
}

function passes(copy: string, stage: (typeof STAGES)[number], environment: Record<string, string>): boolean {
  const jest = join(root, 'node_modules', '.bin', 'jest');
  const args = ['--ci', '--bail', '--runInBand', '--selectProjects', stage.project, '--testPathPatterns', stage.paths];
  const { status } = spawnSync(jest, args, {
    cwd: copy,
    env: { ...process.env, ...environment, ...SAMPLE },
    stdio: 'ignore',
  });
  return status === 0;
}
