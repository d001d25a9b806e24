import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Processes } from '../../local/suite/processes.ts';
import { type PostgresServer, startPostgres } from './baselines/postgresServer.ts';
import { FIGURES } from './figures/all.ts';
import { Bench } from './support/bench.ts';
import { startEmulator } from './support/emulator.ts';
import { describeMachine, describeVersions } from './support/environment.ts';
import { formatTable } from './support/report.ts';
import type { Row } from './support/row.ts';
import { warmUp } from './support/warmUp.ts';

export interface RunOptions {
  readonly root: string;
  readonly firestoreJar: string;
  readonly quick: boolean;
  /** Names of the figures to measure; empty for all figures. */
  readonly only: readonly string[];
  readonly processes: Processes;
  readonly ended: AbortSignal;
}

const ROUNDS = 7;

/** Runs the benchmark, prints its table and writes the results of a complete run. Returns true if all is exact. */
export async function runBench(options: RunOptions): Promise<boolean> {
  const { root, quick, processes } = options;
  const logs = join(root, '.cache', 'bench');
  mkdirSync(logs, { recursive: true });
  const machine = describeMachine(logs);
  const postgres = await startPostgres(processes, logs);
  if (!postgres)
    console.error('PostgreSQL (B2) is skipped: neither PATH nor /usr/lib/postgresql has initdb and postgres.');
  try {
    const startedAt = new Date().toISOString();
    const { rows, problems, ...conditions } = await measure(options, logs, postgres);
    console.log(`\n${formatTable(rows)}\n`);
    for (const problem of problems) console.log(`WRONG  ${problem}`);
    console.log(verdict(rows, problems));
    if (options.only.length > 0) console.log('Only a complete run writes functions/bench/results/latest.json.');
    else {
      const versions = describeVersions(root, options.firestoreJar, postgres?.version ?? null);
      writeResults({ startedAt, quick, ...conditions, machine, versions, rows, problems });
    }
    return problems.length === 0;
  } finally {
    await processes.stop();
  }
}

async function measure(options: RunOptions, logs: string, postgres: PostgresServer | null) {
  const { root, firestoreJar, quick, only, processes, ended } = options;
  const firestorePort = await startEmulator(firestoreJar, processes, logs);
  const rounds = ROUNDS;
  const bench = new Bench({ root, quick, rounds, firestorePort, postgresPort: postgres?.port ?? null, ended });
  try {
    await preparePostgres(bench);
    const roundTripMs = await bench.measureRoundTrip(20);
    const rows: Row[] = [];
    const problems = await warmUp(bench);
    for (const [name, figure] of Object.entries(FIGURES)) {
      if (only.length > 0 && !only.includes(name)) continue;
      try {
        const findings = await figure(bench);
        rows.push(...findings.rows);
        problems.push(...findings.problems);
      } catch (error) {
        // The results of the other figures are kept when a figure fails.
        ended.throwIfAborted();
        problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    return { rounds, roundTripMs, rows, problems };
  } finally {
    await bench.stop();
  }
}

async function preparePostgres(bench: Bench): Promise<void> {
  const remote = await bench.postgres(0);
  await remote?.call('prepare', undefined);
}

function verdict(rows: readonly Row[], problems: readonly string[]): string {
  const judged = rows.filter(({ met }) => met !== null);
  const missed = judged.filter(({ met }) => !met);
  const exact = problems.length === 0 ? 'every ledger is exact' : `${problems.length} problems were found`;
  return `${judged.length - missed.length} of ${judged.length} goals met; ${exact}.`;
}

function writeResults(results: object): void {
  const folder = join(import.meta.dirname, 'results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'latest.json'), `${JSON.stringify(results, null, 2)}\n`);
}
