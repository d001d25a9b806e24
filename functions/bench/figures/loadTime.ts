import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buildEagerStart } from '../baselines/eagerStart.ts';
import type { Bench } from '../support/bench.ts';
import type { Findings } from '../support/figure.ts';
import { interleave } from '../support/interleave.ts';
import { toRow } from '../support/row.ts';
import { median } from '../support/statistics.ts';

const PROGRAM = fileURLToPath(new URL('../processes/timeToReady.cjs', import.meta.url));
const STARTS_PER_ROUND = 5;

/** Time from the start of node until a new instance has loaded `api`, and until the instance has answered. */
export async function loadTime(bench: Bench): Promise<Findings> {
  const eager = await buildEagerStart(bench.options.root);
  const built = join(bench.options.root, 'functions', 'lib', 'index.cjs');
  const rounds = await interleave(bench, 'load time', { built: () => starts(built), eager: () => starts(eager) });
  const row = (figure: string, of: (start: Start) => number) =>
    toRow({
      figure,
      unit: 'ms, median',
      ours: rounds.built.map((round) => median(round.map(of))),
      baseline: { name: 'B3, eager start', values: rounds.eager.map((round) => median(round.map(of))) },
      goal: { of: 'ratio', atMost: 0.65 },
    });
  const rows = [
    row('load time until api is there', ({ loadedMs }) => loadedMs),
    row('load time until its first answer', ({ answeredMs }) => answeredMs),
  ];
  return { rows, problems: [] };
}

interface Start {
  readonly loadedMs: number;
  readonly answeredMs: number;
}

async function starts(entry: string): Promise<Start[]> {
  const measured: Start[] = [];
  for (let count = 0; count < STARTS_PER_ROUND; count += 1) {
    const env = { ...process.env, FUNCTION_TARGET: 'api' };
    const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, entry], { env });
    measured.push(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
  }
  return measured;
}
