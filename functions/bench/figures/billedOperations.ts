import { problemsOf } from '../support/account.ts';
import { productAccount, usualAccount } from '../support/accounts.ts';
import type { Bench } from '../support/bench.ts';
import type { BilledOperations } from '../support/billedOperations.ts';
import type { Findings } from '../support/figure.ts';
import { interleave } from '../support/interleave.ts';
import type { LoadResult } from '../support/load.ts';
import { toRow } from '../support/row.ts';

const SECONDS = 2;

/** Operations that Firestore bills for a charge when 64 callers share a wallet. B1 has one caller, so no conflicts. */
export async function billedOperations(bench: Bench): Promise<Findings> {
  const ours = await productAccount(bench, 'billed operations');
  const theirs = await usualAccount(bench, 20);
  const product = await bench.product(20);
  const usual = await bench.usualPattern(20);
  const durationMs = bench.seconds(SECONDS);
  const rounds = await interleave(bench, 'billed operations, 20 ms', {
    ours: async () =>
      perAction(ours.note(await product.call('charge', { accountId: ours.id, load: { callers: 64, durationMs } }))),
    theirs: async () =>
      perAction(theirs.note(await usual.call('charge', { accountId: theirs.id, load: { callers: 1, durationMs } }))),
  });
  const row = (what: keyof BilledOperations, atMost: number) =>
    toRow({
      figure: 'billed for a charge, 64 callers',
      unit: `documents, ${what}`,
      ours: rounds.ours.map((round) => round[what]),
      baseline: { name: 'B1', values: rounds.theirs.map((round) => round[what]) },
      goal: { of: 'figure', atMost },
    });
  return { rows: [row('writes', 1.2), row('reads', 0.1)], problems: await problemsOf([ours, theirs]) };
}

function perAction({ done, billed }: LoadResult & { readonly billed: BilledOperations }): BilledOperations {
  return { writes: billed.writes / done, reads: billed.reads / done };
}
