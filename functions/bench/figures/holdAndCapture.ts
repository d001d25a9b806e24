import { problemsOf } from '../support/account.ts';
import { productAccount } from '../support/accounts.ts';
import type { Bench } from '../support/bench.ts';
import type { BilledOperations } from '../support/billedOperations.ts';
import type { Findings } from '../support/figure.ts';
import { interleave } from '../support/interleave.ts';
import type { LoadResult } from '../support/load.ts';
import { type Goal, toRow } from '../support/row.ts';
import { median } from '../support/statistics.ts';

const SECONDS = 2;

/** Compares a charge in two steps with a charge in one step: for a single caller, and for 64 callers on one wallet. */
export async function holdAndCapture(bench: Bench): Promise<Findings> {
  const held = await productAccount(bench, 'hold and capture', 2);
  const charged = await productAccount(bench, 'charge');
  const product = await bench.product(20);
  const load = (callers: number) => ({ callers, durationMs: bench.seconds(SECONDS) });
  const hold = async (callers: number) =>
    held.note(await product.call('holdAndCapture', { accountId: held.id, load: load(callers) }));
  const charge = async (callers: number) =>
    charged.note(await product.call('charge', { accountId: charged.id, load: load(callers) }));
  const rounds = await interleave(bench, 'hold and capture, 20 ms', {
    loneHold: () => hold(1),
    loneCharge: () => charge(1),
    holds: () => hold(64),
    charges: () => charge(64),
  });
  const compared = (figure: string, unit: string, of: (result: Result) => number, sides: Sides, goal?: Goal) => {
    const baseline = { name: 'a charge', values: sides.charges.map(of) };
    return toRow({ figure, unit, ours: sides.holds.map(of), baseline, ...(goal && { goal }) });
  };
  const lone = { holds: rounds.loneHold, charges: rounds.loneCharge };
  const many = { holds: rounds.holds, charges: rounds.charges };
  const goal: Goal = { of: 'ratio', atMost: 2.2 };
  const rows = [
    compared('hold + capture, lone', 'ms, median', ({ latenciesMs }) => median(latenciesMs), lone, goal),
    compared('hold + capture, 64 callers', 'ms of the wallet', ({ elapsedMs, done }) => elapsedMs / done, many, goal),
    compared('hold + capture, 64 callers', 'documents written', ({ billed, done }) => billed.writes / done, many),
    compared('hold + capture, 64 callers', 'documents read', ({ billed, done }) => billed.reads / done, many),
  ];
  return { rows, problems: await problemsOf([held, charged]) };
}

type Result = LoadResult & { readonly billed: BilledOperations };

interface Sides {
  readonly holds: readonly Result[];
  readonly charges: readonly Result[];
}
