import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './command.ts';
import { type Counts, countTests, type JestReport } from './counts.ts';

/** Folder below the root that has a folder for each project, with the logs of the processes that its tests start. */
export const LOGS = '.cache/test/logs';

/** Options of a run of jest. */
export interface JestOptions {
  root: string;
  project: string;
  /** Path patterns and options of jest. */
  args: string[];
  /** Whether test files run one after the other. */
  inBand?: boolean;
  /** Niceness of the process, from 0 to 19: a higher value leaves the processor to others; default: 0. */
  niceness?: number;
  signal: AbortSignal;
  env?: Record<string, string>;
}

/** Runs a project of jest.config.mjs and counts its tests. A run that crashes counts as one failure. */
export async function runJest(options: JestOptions): Promise<Counts> {
  const { root, project, args, inBand = false, niceness = 0, signal, env = {} } = options;
  const folder = join(root, '.cache', 'test');
  const report = join(folder, `${project}.json`);
  const logs = join(root, LOGS, project);
  mkdirSync(folder, { recursive: true });
  rmSync(report, { force: true });
  rmSync(logs, { recursive: true, force: true });
  const jestArgs = ['--ci', '--selectProjects', project, '--passWithNoTests', '--json', `--outputFile=${report}`];
  const code = await runCommand(jestPath(root), [...jestArgs, ...(inBand ? ['--runInBand'] : []), ...args], {
    cwd: root,
    signal,
    niceness,
    env: { ...env, NODE_ENV: 'test', TEST_LOGS: logs },
  });
  return countTests(readReport(report), code);
}

/** Returns whether any test file of a project matches the patterns. */
export function hasTests(root: string, project: string, args: string[]): boolean {
  // An option must follow --selectProjects, because jest takes every plain word after it for a project.
  const list = ['--selectProjects', project, '--listTests', '--json', ...args];
  const files = execFileSync(jestPath(root), list, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return (JSON.parse(files) as string[]).length > 0;
}

function jestPath(root: string): string {
  return join(root, 'node_modules', '.bin', 'jest');
}

function readReport(file: string): JestReport | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as JestReport;
  } catch {
    return undefined;
  }
}
