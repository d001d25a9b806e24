import { problemsOf } from '../support/account.ts';
import { productAccount, usualAccount } from '../support/accounts.ts';
import type { Bench } from '../support/bench.ts';
import type { Findings } from '../support/figure.ts';
import { interleave } from '../support/interleave.ts';
import { toRow } from '../support/row.ts';
import { median } from '../support/statistics.ts';

const SECONDS = 2;
const COLD_WALLETS = 50;

/** Duration of a charge without concurrent charges, on a wallet that the process knows and on an unknown wallet. */
export async function loneCharge(bench: Bench): Promise<Findings> {
  const ours = await productAccount(bench, 'lone charge');
  const theirs = await usualAccount(bench, 20);
  const product = await bench.product(20);
  const usual = await bench.usualPattern(20);
  const load = { callers: 1, durationMs: bench.seconds(SECONDS) };
  const times = await interleave(bench, 'lone charge, 20 ms', {
    warm: async () => median(ours.note(await product.call('charge', { accountId: ours.id, load })).latenciesMs),
    cold: () => coldCharges(bench),
    usual: async () => median(theirs.note(await usual.call('charge', { accountId: theirs.id, load })).latenciesMs),
  });
  const coldTimes = times.cold.map((round) => round.medianMs);
  const baseline = { name: 'B1', values: times.usual };
  const unit = 'ms, median';
  const rows = [
    toRow({
      figure: 'lone charge, known wallet',
      unit,
      ours: times.warm,
      baseline,
      goal: { of: 'ratio', atMost: 0.6 },
    }),
    toRow({
      figure: 'lone charge, unknown wallet',
      unit,
      ours: coldTimes,
      baseline,
      goal: { of: 'ratio', atMost: 1.1 },
    }),
  ];
  const problems = [...(await problemsOf([ours, theirs])), ...times.cold.flatMap((round) => round.problems)];
  return { rows, problems };
}

async function coldCharges(bench: Bench): Promise<{ medianMs: number; problems: string[] }> {
  const product = await bench.product(20);
  const count = bench.options.quick ? COLD_WALLETS / 5 : COLD_WALLETS;
  const making = Array.from({ length: count }, () => productAccount(bench, 'lone charge, unknown wallet'));
  const accounts = await Promise.all(making);
  const result = await product.call('chargeEach', { accountIds: accounts.map(({ id }) => id) });
  // Each wallet was charged once. A failed charge shows as a difference to the ledger.
  for (const account of accounts) account.note({ ...result, done: 1 });
  return { medianMs: median(result.latenciesMs), problems: await problemsOf(accounts) };
}
