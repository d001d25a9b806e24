import { join } from 'node:path';
import { runCommand } from './command.ts';

/** Result of a static check. */
export interface CheckResult {
  name: string;
  ok: boolean;
}

const checks = [
  { name: 'biome (format, lint)', program: 'biome', args: ['check', '.'] },
  { name: 'tsc (types)', program: 'tsc', args: ['--noEmit', '-p', '.'] },
  { name: 'knip (unused code)', program: 'knip', args: [] },
];

/** Runs all static checks, even after a failure, and returns the result of each. */
export async function runChecks(root: string, signal: AbortSignal): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const { name, program, args } of checks) {
    const code = await runCommand(join(root, 'node_modules', '.bin', program), args, { cwd: root, signal });
    results.push({ name, ok: code === 0 });
  }
  for (const { name, ok } of results) console.log(`${ok ? 'ok    ' : 'FAILED'} ${name}`);
  return results;
}
