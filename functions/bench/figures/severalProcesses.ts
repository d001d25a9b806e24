import { problemsOf } from '../support/account.ts';
import { productAccount } from '../support/accounts.ts';
import type { Bench } from '../support/bench.ts';
import { type Findings, rate } from '../support/figure.ts';
import { interleave } from '../support/interleave.ts';
import { toRow } from '../support/row.ts';
import { median, percentile } from '../support/statistics.ts';

const SECONDS = 4;
const PROCESSES = 4;
const CALLERS = 64;

/** Compares four processes, with 64 callers each on one wallet, with one process. They must not slow each other. */
export async function severalProcesses(bench: Bench): Promise<Findings> {
  const wallet = await productAccount(bench, 'four processes');
  const products = await Promise.all(Array.from({ length: PROCESSES }, (_, index) => bench.product(20, index)));
  const order = { accountId: wallet.id, load: { callers: CALLERS, durationMs: bench.seconds(SECONDS) } };
  const chargeFrom = async (count: number) => {
    const charging = products.slice(0, count).map((product) => product.call('charge', order));
    const results = (await Promise.all(charging)).map((result) => wallet.note(result));
    return {
      rate: rate({
        done: sum(results.map(({ done }) => done)),
        elapsedMs: Math.max(...results.map((r) => r.elapsedMs)),
      }),
      latenciesMs: results.flatMap(({ latenciesMs }) => latenciesMs),
    };
  };
  const rounds = await interleave(bench, 'four processes on one wallet, 20 ms', {
    one: async () => {
      // After the four processes, this process still makes room for the others for a while, so it charges alone first.
      await products[0]
        ?.call('charge', { ...order, load: { ...order.load, durationMs: bench.seconds(2) } })
        .then((r) => wallet.note(r));
      return chargeFrom(1);
    },
    four: () => chargeFrom(PROCESSES),
  });
  const figure = '4 processes × 64 callers, 20 ms';
  const rows = [
    toRow({
      figure,
      unit: 'charges/s',
      ours: rounds.four.map((round) => round.rate),
      baseline: { name: 'one process', values: rounds.one.map((round) => round.rate) },
      goal: { of: 'ratio', atLeast: 0.9 },
    }),
    toRow({
      figure,
      unit: 'ms, p99',
      ours: rounds.four.map((round) => percentile(round.latenciesMs, 0.99)),
      baseline: { name: 'its median', values: rounds.four.map((round) => median(round.latenciesMs)) },
      goal: { of: 'ratio', atMost: 10 },
    }),
    toRow({ figure, unit: 'charges lost', ours: [await wallet.lost()], goal: { of: 'figure', atMost: 0 } }),
  ];
  return { rows, problems: await problemsOf([wallet]) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
