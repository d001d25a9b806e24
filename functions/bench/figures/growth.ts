import { Account, problemsOf } from '../support/account.ts';
import type { Bench } from '../support/bench.ts';
import type { Findings } from '../support/figure.ts';
import { fillLedger } from '../support/filledLedger.ts';
import { interleave } from '../support/interleave.ts';
import { CREDITS } from '../support/ledger.ts';
import { PRICE_CREDITS } from '../support/request.ts';
import { toRow } from '../support/row.ts';
import { median } from '../support/statistics.ts';

const SECONDS = 2;
const YOUNG = 10;

/** Compares charges on an old and a new wallet, without a round trip, which would hide the difference. */
export async function growth(bench: Bench): Promise<Findings> {
  const age = bench.options.quick ? 100_000 : 1_000_000;
  const young = await filledAccount(bench, YOUNG);
  const old = await filledAccount(bench, age);
  const product = await bench.product(0);
  const load = { callers: 1, durationMs: bench.seconds(SECONDS) };
  const timeOf = (account: Account) => async () =>
    median(account.note(await product.call('charge', { accountId: account.id, load })).latenciesMs);
  const times = await interleave(bench, 'growth, 0 ms', { young: timeOf(young), old: timeOf(old) });
  const row = toRow({
    figure: `lone charge, ledger of ${age.toLocaleString('en')}`,
    unit: 'ms, median',
    ours: times.old,
    baseline: { name: `ledger of ${YOUNG}`, values: times.young },
    goal: { of: 'ratio', atLeast: 0.9, atMost: 1.1 },
  });
  return { rows: [row], problems: await problemsOf([young, old]) };
}

async function filledAccount(bench: Bench, entries: number): Promise<Account> {
  const id = bench.newAccountId();
  console.error(`growth, 0 ms: filling a ledger with ${entries.toLocaleString('en')} entries`);
  await fillLedger(bench.database(), id, entries, bench.options.ended);
  const credits = CREDITS - (entries - 1) * PRICE_CREDITS;
  const audit = () => bench.ledger().readWallet(id);
  return new Account({ id, name: `ledger of ${entries}`, entriesBefore: entries, entriesPerAction: 1, credits, audit });
}
