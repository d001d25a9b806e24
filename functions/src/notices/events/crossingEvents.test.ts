import type { AlertLevel, Entry } from '@cloud-bridge/ledger';
import * as fc from 'fast-check';
import { crossingEvents } from './crossingEvents.ts';

const LEVELS: readonly AlertLevel[] = [
  { belowCredits: 50, type: 'credits.low' },
  { belowCredits: 20, type: 'credits.low' },
  { belowCredits: 1, type: 'credits.depleted' },
];

function entry(id: string, before: number, after: number): Entry {
  const credits = { amountCredits: after - before, balanceAfterCredits: after };
  return { id, accountId: 'alice', walletId: 'main', createdAt: '2026-03-01T00:00:00.000Z', ...credits } as Entry;
}

const told = (before: number, after: number) =>
  crossingEvents(LEVELS, entry('txn_1', before, after)).map(({ type, data }) => [type, data.thresholdCredits]);

it.each([
  [50, 49, [['credits.low', 50]]],
  [49, 30, []],
  [40, 50, []],
  [50, 50, []],
  [
    60,
    -5,
    [
      ['credits.low', 50],
      ['credits.low', 20],
      ['credits.depleted', undefined],
    ],
  ],
  [1, 0, [['credits.depleted', undefined]]],
])('a balance that goes from %i to %i credits raises the events %j', (before, after, expected) => {
  expect(told(before, after)).toEqual(expected);
});

it('closing a wallet raises no event', () => {
  expect(crossingEvents(LEVELS, { ...entry('txn_1', 60, 0), kind: 'closure' } as Entry)).toEqual([]);
});

it('any sequence of balances raises one event with its own id each time the balance falls below a level', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -10, max: 80 }), { minLength: 2, maxLength: 40 }), (balances) => {
      const events = balances
        .slice(1)
        .flatMap((after, index) => crossingEvents(LEVELS, entry(`txn_${index}`, balances[index] ?? 0, after)));
      const crossings = LEVELS.map(
        ({ belowCredits: level }) =>
          balances.filter((balance, index) => balance < level && (balances[index - 1] ?? -Infinity) >= level).length,
      );
      const count = (threshold: unknown) => events.filter(({ data }) => data.thresholdCredits === threshold).length;
      expect([count(50), count(20), count(undefined)]).toEqual(crossings);
      expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    }),
  );
});
