import fc from 'fast-check';
import type { Entry, UncheckedEntry } from '../entry.ts';
import { commandsOf, steps } from '../testing/commandHistories.ts';
import { capture, charge, expireHold, extend, grant, hold, ledgerWith, minute, release } from '../testing/fixtures.ts';
import { traceOf } from '../testing/trace.ts';
import { holdDifferences } from './audit.ts';
import { BrokenLedger, heldState, LedgerReplay } from './ledgerReplay.ts';

const ADDRESS = { accountId: 'alice', walletId: 'main' };

/** A ledger with a charge, an open hold that was extended, and three that were settled, each in another way. */
function sampleLedger(): Entry[] {
  const ledger = ledgerWith(grant(100), charge(3));
  const holds = [1, 2, 3, 4].map((count) => ledger.apply(hold(count * 5)).result.entry.id);
  const [open = '', captured = '', released = '', expired = ''] = holds;
  ledger.apply(extend(open, minute(50)));
  ledger.apply(capture(captured, 4));
  ledger.apply(release(released));
  ledger.apply(expireHold(expired, minute(40)));
  return ledger.posted();
}

function replayOf(entries: readonly Entry[]): LedgerReplay {
  const replay = new LedgerReplay(ADDRESS, null);
  for (const entry of entries) replay.apply(entry.id, entry);
  return replay;
}

it('says of every hold what its entry says in the end', () => {
  const entries = sampleLedger();
  const replay = replayOf(entries);
  const told = new Map([
    ...replay.takeSettled(),
    ...[...replay.openHolds].map(([id, it]) => [id, heldState(it)] as const),
  ]);
  const holds = entries.filter(({ kind }) => kind === 'hold');
  expect([...told.keys()].sort()).toEqual(holds.map(({ id }) => id).sort());
  for (const entry of holds) expect(holdDifferences(entry.id, entry, told.get(entry.id) ?? null)).toEqual([]);
  expect([...replay.openHolds.values()]).toEqual([{ amountCredits: 5, holdExpiresAt: minute(50) }]);
  expect(replay.takeSettled().size).toBe(0);
});

it('goes on from where another one was as if it had been there from the first', () => {
  const entries = sampleLedger();
  const whole = replayOf(entries);
  for (let at = 0; at <= entries.length; at += 1) {
    const { wallet, lastEntryId, openHolds } = replayOf(entries.slice(0, at));
    const rest = new LedgerReplay(ADDRESS, { wallet, lastEntryId, openHolds });
    for (const entry of entries.slice(at)) rest.apply(entry.id, entry);
    expect(rest.wallet).toEqual(whole.wallet);
    expect(rest.lastEntryId).toBe(whole.lastEntryId);
    expect(rest.openHolds).toEqual(whole.openHolds);
  }
});

it.each<[name: string, kind: string, change: Partial<UncheckedEntry>]>([
  ['another id', 'charge', { id: 'txn_other' }],
  ['another account', 'charge', { accountId: 'bob' }],
  ['another wallet', 'charge', { walletId: 'test' }],
  ['a charge that holds', 'charge', { heldDeltaCredits: 3 }],
  ['a charge that costs other than it spent', 'charge', { consumedCredits: 2 }],
  ['a charge that the sweeper would find', 'charge', { openHoldExpiresAt: minute(1) }],
  ['a hold without its charge', 'hold', { charge: undefined as never }],
  ['a hold of another amount', 'hold', { heldDeltaCredits: 4 }],
  ['an extension of nothing', 'hold_extension', { chargeId: 'txn_other' }],
  ['an extension into the past', 'hold_extension', { extendedHoldExpiresAt: minute(1) }],
  ['an extension without a deadline', 'hold_extension', { extendedHoldExpiresAt: undefined as never }],
  ['a capture of nothing', 'capture', { chargeId: 'txn_other' }],
  ['a release of less than was held', 'release', { heldDeltaCredits: -14 }],
  ['a release that spends', 'release', { consumedCredits: 1 }],
  ['lots that are none', 'charge', { lotChanges: null as never }],
])('an entry with %s breaks the ledger, and changes nothing', (_name, kind, change) => {
  const entries = sampleLedger();
  const at = entries.findIndex((entry) => entry.kind === kind);
  const entry = entries[at] as Entry;
  const replay = replayOf(entries.slice(0, at));
  const before = replay.wallet;
  const openBefore = new Map(replay.openHolds);
  expect(() => replay.apply(entry.id, { ...entry, ...change })).toThrow(BrokenLedger);
  expect(replay.wallet).toBe(before);
  expect(replay.openHolds).toEqual(openBefore);
});

it('a hold that is settled twice breaks the ledger', () => {
  const entries = sampleLedger();
  const replay = replayOf(entries);
  const again = entries.find(({ kind }) => kind === 'capture') as Entry;
  expect(() => replay.apply(again.id, { ...again, sequence: entries.length + 1 })).toThrow(BrokenLedger);
});

it('every history that the wallet core makes is sound', () => {
  fc.assert(
    fc.property(steps({ maxLength: 30, oddAmounts: [0, 1] }), (history) => {
      const { ledger, wallet } = traceOf(commandsOf(history));
      const [first] = ledger;
      if (!first) return;
      const replay = new LedgerReplay({ accountId: first.accountId, walletId: first.walletId }, null);
      const settled = new Map(
        ledger.flatMap((entry) => {
          replay.apply(entry.id, entry);
          return [...replay.takeSettled()];
        }),
      );
      expect(replay.wallet).toEqual(wallet);
      for (const entry of ledger) {
        if (entry.kind !== 'hold') continue;
        const open = replay.openHolds.get(entry.id);
        const state = open ? heldState(open) : (settled.get(entry.id) ?? null);
        expect(holdDifferences(entry.id, entry, state)).toEqual([]);
      }
    }),
    { numRuns: 1_000 },
  );
});
