import { problemsOf } from '../support/account.ts';
import { productAccount } from '../support/accounts.ts';
import type { Bench } from '../support/bench.ts';
import type { Findings } from '../support/figure.ts';
import { interleave } from '../support/interleave.ts';
import { toRow } from '../support/row.ts';
import { percentile } from '../support/statistics.ts';

/** Seconds of a load: long enough for several charges above the 99th percentile. */
const SECONDS = 8;

/** Delay of the charges on a wallet while 64 callers charge another wallet in the same process. */
export async function quietWallet(bench: Bench): Promise<Findings> {
  const quiet = await productAccount(bench, 'quiet wallet');
  const hot = await productAccount(bench, 'hot wallet');
  const product = await bench.product(20);
  const durationMs = bench.seconds(SECONDS);
  const quietOrder = { accountId: quiet.id, load: { callers: 1, durationMs } };
  const hotOrder = { accountId: hot.id, load: { callers: 64, durationMs } };
  const times = await interleave(bench, 'quiet wallet beside a hot one, 20 ms', {
    alone: async () => percentile(quiet.note(await product.call('charge', quietOrder)).latenciesMs, 0.99),
    beside: async () => {
      const results = await product.call('chargeTwo', { quiet: quietOrder, hot: hotOrder });
      hot.note(results.hot);
      return percentile(quiet.note(results.quiet).latenciesMs, 0.99);
    },
  });
  const row = toRow({
    figure: 'quiet wallet beside a hot one',
    unit: 'ms, p99',
    ours: times.beside,
    baseline: { name: 'alone', values: times.alone },
    goal: { of: 'ratio', atMost: 1.5 },
  });
  return { rows: [row], problems: await problemsOf([quiet, hot]) };
}
