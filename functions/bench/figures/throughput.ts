import type { PostgresWay } from '../baselines/postgres.ts';
import { type Account, problemsOf } from '../support/account.ts';
import { postgresAccount, productAccount, usualAccount } from '../support/accounts.ts';
import type { Bench, RoundTripMs } from '../support/bench.ts';
import { type Findings, rate } from '../support/figure.ts';
import { interleave } from '../support/interleave.ts';
import { type Goal, type Row, toRow } from '../support/row.ts';
import { median } from '../support/statistics.ts';

const SECONDS = 2;

/** Charges per second on one wallet by one process, compared with B1 and B2. */
export async function throughput(bench: Bench): Promise<Findings> {
  const parts = [await withRoundTrip20(bench), await withoutRoundTrip(bench)];
  return { rows: parts.flatMap(({ rows }) => rows), problems: parts.flatMap(({ problems }) => problems) };
}

// The best number of connections depends on the round trip and on the machine, so B2's best result counts.
const CONNECTIONS = { 0: { 64: [1, 2, 4, 64] }, 20: { 64: [32, 64], 256: [64, 96, 128, 256] } } as const;

async function withRoundTrip20(bench: Bench): Promise<Findings> {
  const { product, usual, postgres, problems } = await candidates(bench, 20);
  const rates = await interleave(bench, 'charges a second, 20 ms', {
    usual: usual(1),
    ours64: product(64),
    ours256: product(256),
    ...postgres(64, 'forUpdate', [64]),
    ...postgres(64, 'statement', CONNECTIONS[20][64]),
    ...postgres(256, 'statement', CONNECTIONS[20][256]),
    ...postgres(256, 'pipelined', [2]),
  });
  const ours64 = { figure: 'one wallet, 64 callers, 20 ms', values: rates.ours64 };
  const ours256 = { figure: 'one wallet, 256 callers, 20 ms', values: rates.ours256 };
  const rows = [
    againstUsual(ours64, rates.usual, 50),
    againstPostgres(ours64, rates, 64, 'forUpdate'),
    againstPostgres(ours64, rates, 64, 'statement'),
    againstUsual(ours256, rates.usual, 150),
    againstPostgres(ours256, rates, 256, 'statement', 2),
    againstPostgres(ours256, rates, 256, 'pipelined'),
  ];
  return { rows: rows.flat(), problems: await problems() };
}

async function withoutRoundTrip(bench: Bench): Promise<Findings> {
  const { product, usual, postgres, problems } = await candidates(bench, 0);
  const rates = await interleave(bench, 'charges a second, 0 ms', {
    usual: usual(1),
    ours64: product(64),
    ...postgres(64, 'forUpdate', CONNECTIONS[0][64]),
    ...postgres(64, 'statement', CONNECTIONS[0][64]),
    ...postgres(64, 'pipelined', [1]),
  });
  const ours64 = { figure: 'one wallet, 64 callers, 0 ms', values: rates.ours64 };
  const rows = [
    againstUsual(ours64, rates.usual, 60),
    againstPostgres(ours64, rates, 64, 'forUpdate'),
    againstPostgres(ours64, rates, 64, 'statement', 4),
    againstPostgres(ours64, rates, 64, 'pipelined'),
  ];
  return { rows: rows.flat(), problems: await problems() };
}

async function candidates(bench: Bench, roundTripMs: RoundTripMs) {
  const ours = await productAccount(bench, `one wallet, ${roundTripMs} ms`);
  const theirs = await usualAccount(bench, roundTripMs);
  const sql = await postgresAccount(bench, roundTripMs);
  const durationMs = bench.seconds(SECONDS);
  const orderOf = (account: Account, callers: number) => ({ accountId: account.id, load: { callers, durationMs } });
  return {
    product: (callers: number) => async () => {
      const remote = await bench.product(roundTripMs);
      return rate(ours.note(await remote.call('charge', orderOf(ours, callers))));
    },
    usual: (callers: number) => async () => {
      const remote = await bench.usualPattern(roundTripMs);
      return rate(theirs.note(await remote.call('charge', orderOf(theirs, callers))));
    },
    postgres: (callers: number, kind: PostgresWay['kind'], connections: readonly number[]): Candidates => {
      if (!sql) return {};
      const measure = async (way: PostgresWay) => {
        const remote = await bench.postgres(roundTripMs);
        if (!remote) throw new Error('The PostgreSQL server has ended.');
        return rate(sql.note(await remote.call('charge', { ...orderOf(sql, callers), way })));
      };
      return Object.fromEntries(
        connections.map((count) => [nameOf(callers, kind, count), () => measure({ kind, connections: count })]),
      );
    },
    problems: () => problemsOf([ours, theirs, sql]),
  };
}

type Candidates = Record<string, () => Promise<number>>;

function nameOf(callers: number, kind: PostgresWay['kind'], connections: number): string {
  return `${kind} ${callers} ${connections}`;
}

interface Series {
  readonly figure: string;
  readonly values: readonly number[];
}

function againstUsual({ figure, values }: Series, usual: readonly number[], atLeast: number): Row {
  const baseline = { name: 'B1, 1 caller', values: usual };
  return toRow({ figure, unit: 'charges/s', ours: values, baseline, goal: { of: 'ratio', atLeast } });
}

const WAYS: Record<PostgresWay['kind'], string> = {
  forUpdate: 'FOR UPDATE',
  statement: 'statement',
  pipelined: 'pipelined statement',
};

/**
 * Returns the line that compares the product with PostgreSQL's best result in one way. Without a PostgreSQL server the
 * line has no comparison, and is kept only if it has a goal.
 */
function againstPostgres(
  { figure, values }: Series,
  rates: Readonly<Record<string, readonly number[]>>,
  callers: number,
  kind: PostgresWay['kind'],
  atLeast?: number,
): Row[] {
  const best = bestOf(rates, callers, kind);
  if (!best && atLeast === undefined) return [];
  const goal: Goal | undefined = atLeast === undefined ? undefined : { of: 'ratio', atLeast };
  return [toRow({ figure, unit: 'charges/s', ours: values, baseline: best, ...(goal && { goal }) })];
}

function bestOf(rates: Readonly<Record<string, readonly number[]>>, callers: number, kind: PostgresWay['kind']) {
  const prefix = nameOf(callers, kind, 0).slice(0, -1);
  const [best] = Object.entries(rates)
    .filter(([name]) => name.startsWith(prefix))
    .sort(([, a], [, b]) => median(b) - median(a));
  if (!best) return undefined;
  const [name, values] = best;
  return { name: `B2, ${WAYS[kind]}, ${name.slice(prefix.length)} conn.`, values };
}
