import { applyEntry, type Entry, type Wallet } from '@cloud-bridge/ledger';
import { commandsOf, EMPTY, steps, traceOf } from '@cloud-bridge/ledger/testing';
import fc from 'fast-check';
import { monthReports } from './creditReport.ts';
import {
  type Figures,
  figuresOfEntry,
  figuresOfWallet,
  NO_FIGURES,
  netCredits,
  outstandingCredits,
  plus,
} from './figures.ts';
import { monthlyChanges, monthOf, type ReportedWallet, reportedWallet } from './monthlyChanges.ts';

const CASES = 200;
const MONTHS = ['2025-11', '2025-12', '2026-01', '2026-02'];

/** Generates a ledger of random commands whose entries are spread over months, with the wallet after each entry. */
const ledgers = fc
  .tuple(
    steps({ maxLength: 40, oddAmounts: [1] }),
    fc.array(fc.nat(3), { minLength: 200, maxLength: 200 }),
    fc.array(fc.nat(200), { maxLength: 6 }),
  )
  .map(([history, spread, stops]) => {
    const monthIndexes = [...spread].sort((a, b) => a - b);
    const { ledger } = traceOf(commandsOf(history));
    const step = Math.max(1, Math.floor(monthIndexes.length / Math.max(1, ledger.length)));
    // Key spending is removed, because it depends on the original times.
    const entries = ledger.map(({ keySpend: _keySpend, ...entry }, index) => ({
      ...entry,
      createdAt: `${MONTHS[monthIndexes[Math.min(index * step, 199)] ?? 0]}-15T00:00:00.000Z`,
    }));
    const wallets: Wallet[] = [];
    for (const entry of entries) wallets.push(applyEntry(wallets.at(-1) ?? EMPTY, entry));
    return {
      entries,
      wallets,
      stops: [...new Set(stops.map((stop) => stop % (entries.length + 1)))].sort((a, b) => a - b),
    };
  });

async function* after(entries: readonly Entry[], sequence: number): AsyncGenerator<Entry> {
  yield* entries.filter((entry) => entry.sequence > sequence);
}

const merge = (into: Map<string, Figures>, changes: ReadonlyMap<string, Figures>) => {
  for (const [month, figures] of changes) into.set(month, plus(into.get(month) ?? NO_FIGURES, figures));
};

it('whenever a wallet is reported, the months get the sums of their entries, and the report balances', async () => {
  await fc.assert(
    fc.asyncProperty(ledgers, async ({ entries, wallets, stops }) => {
      const expected = new Map<string, Figures>();
      for (const entry of entries) merge(expected, new Map([[monthOf(entry.createdAt), figuresOfEntry(entry)]]));
      const found = new Map<string, Figures>();
      let reported: ReportedWallet | null = null;
      for (const stop of [...stops, entries.length]) {
        const wallet: Wallet | undefined = wallets[stop - 1];
        if (!wallet || wallet.sequence === reported?.sequence) continue;
        merge(found, await monthlyChanges(reported, wallet, (sequence) => after(entries, sequence)));
        reported = reportedWallet(wallet);
      }
      expect(new Map([...found].sort())).toEqual(new Map([...expected].sort()));
      const reports = monthReports([...found].map(([month, changes]) => ({ month, changes })));
      for (const { differenceCredits } of reports) expect(differenceCredits).toBe(0);
      const last = wallets.at(-1);
      if (last) expect(reports.at(-1)?.cumulative).toEqual(figuresOfWallet(last));
    }),
    { numRuns: CASES },
  );
});

it('a month that does not balance states the difference', () => {
  const changes = { ...NO_FIGURES, purchasedCredits: 100, consumedCredits: 30, purchase: 60 };
  expect(netCredits(changes)).toBe(70);
  expect(outstandingCredits(changes)).toBe(60);
  expect(monthReports([{ month: '2026-01', changes }])).toMatchObject([{ closingCredits: 60, differenceCredits: 10 }]);
});

it('no entry is read while all entries belong to one month', async () => {
  const read = jest.fn(() => after([], 0));
  const wallet: Wallet = { ...EMPTY, sequence: 3, createdAt: '2026-01-02', updatedAt: '2026-01-31' };
  await monthlyChanges(null, wallet, read);
  await monthlyChanges({ sequence: 1, month: '2026-01', figures: NO_FIGURES }, wallet, read);
  expect(read).not.toHaveBeenCalled();
});
