import * as fc from 'fast-check';
import { differencesOf } from './audit/audit.ts';
import { BrokenLedger, LedgerReplay } from './audit/ledgerReplay.ts';
import type { Entry, UncheckedEntry } from './entry.ts';
import type { KeyCaps, KeySpend } from './keySpend.ts';
import { MAX_CAPPED_KEYS, useOf } from './keySpending.ts';
import {
  capture,
  charge,
  expireHold,
  grant,
  hold,
  ledgerWith,
  type MemoryLedger,
  minute,
  refusalOf,
  release,
} from './testing/fixtures.ts';

const DAY_MINUTES = 24 * 60;
const MONTH_DAYS = 31;
const NO_CAPS: KeyCaps = { creditsPerDay: null, creditsPerMonth: null, alertPercent: 80 };
const capped = (change: Partial<KeyCaps>, apiKeyId = 'key_1') => ({ apiKeyId, keyCaps: { ...NO_CAPS, ...change } });
const daily = (creditsPerDay: number, apiKeyId?: string) => capped({ creditsPerDay }, apiKeyId);
const refused = (ledger: MemoryLedger, ...[amount, change]: Parameters<typeof charge>) =>
  refusalOf(() => ledger.apply(charge(amount, change)));
const exceeded = (details: object) => ({ code: 'KEY_CREDIT_LIMIT_EXCEEDED', details });

describe('a key with a cap', () => {
  it('spends up to it and not one credit more, however much the wallet has', () => {
    const ledger = ledgerWith(grant(1_000), charge(7, daily(10)), charge(3, daily(10)));
    expect(refused(ledger, 1, daily(10))).toMatchObject(
      exceeded({
        window: 'day',
        limitCredits: 10,
        usedCredits: 10,
        requiredCredits: 1,
        resetsAt: '2026-01-02T00:00:00.000Z',
      }),
    );
    expect(ledger.wallet).toMatchObject({
      availableCredits: 990,
      keySpending: { keys: { key_1: { dayCredits: 10 } } },
    });
  });

  it('of 0 still makes free calls', () => {
    const ledger = ledgerWith(grant(10), charge(0, daily(0)));
    expect(refused(ledger, 1, daily(0))).toMatchObject(exceeded({ limitCredits: 0, usedCredits: 0 }));
    expect(ledger.wallet.keySpending).toBeUndefined();
  });

  it('leaves other keys and the owner alone', () => {
    const ledger = ledgerWith(grant(100), charge(10, daily(10)));
    ledger.apply(charge(10, daily(10, 'key_2')));
    ledger.apply(charge(10, { apiKeyId: 'key_3' }));
    ledger.apply(charge(10));
    expect(Object.keys(ledger.wallet.keySpending?.keys ?? {})).toEqual(['key_1', 'key_2']);
  });

  it('begins anew with the day, and with the month', () => {
    const both = capped({ creditsPerDay: 10, creditsPerMonth: 15 });
    const ledger = ledgerWith(grant(100), charge(10, both));
    const nextDay = minute(DAY_MINUTES);
    expect(refused(ledger, 6, { ...both, now: nextDay })).toMatchObject(
      exceeded({ window: 'month', usedCredits: 10, resetsAt: '2026-02-01T00:00:00.000Z' }),
    );
    ledger.apply(charge(5, { ...both, now: nextDay }));
    ledger.apply(charge(10, { ...both, now: minute(DAY_MINUTES * MONTH_DAYS) }));
    expect(ledger.wallet.keySpending).toEqual({
      day: '2026-02-01',
      keys: { key_1: { dayCredits: 10, monthCredits: 10, toldDayCap: 10 } },
    });
  });

  it('is not missed in what is left of an earlier day', () => {
    const ledger = ledgerWith(grant(100), charge(10, daily(10)), charge(1, { now: minute(DAY_MINUTES) }));
    expect(ledger.wallet.keySpending).toEqual({ day: '2026-01-02', keys: {} });
  });
});

describe('a hold', () => {
  it('counts when it is made, and gives back what it does not spend', () => {
    const ledger = ledgerWith(grant(100));
    const { entry } = ledger.apply(hold(10, daily(10))).result;
    expect(refused(ledger, 1, daily(10))).toMatchObject(exceeded({ usedCredits: 10 }));
    ledger.apply(capture(entry.id, 4));
    ledger.apply(charge(6, daily(10)));
    expect(refused(ledger, 1, daily(10))).toMatchObject(exceeded({ usedCredits: 10 }));
  });

  it.each([
    ['is released', (id: string) => release(id)],
    ['expires', (id: string) => expireHold(id, minute(40))],
  ])('that %s gives back everything', (_name, end) => {
    const ledger = ledgerWith(grant(100));
    ledger.apply(end(ledger.apply(hold(10, daily(10))).result.entry.id));
    expect(useOf(ledger.wallet.keySpending, 'key_1', minute(50))).toMatchObject({ dayCredits: 0 });
    ledger.apply(charge(10, { ...daily(10), now: minute(50) }));
  });

  it('of an earlier day gives nothing back to this one, but to its month', () => {
    const both = capped({ creditsPerDay: 10, creditsPerMonth: 100 });
    const ledger = ledgerWith(grant(100));
    const { entry } = ledger.apply(hold(10, { ...both, hold: { expiresAt: minute(DAY_MINUTES * 3) } })).result;
    ledger.apply(charge(5, { ...both, now: minute(DAY_MINUTES) }));
    ledger.apply(release(entry.id, minute(DAY_MINUTES + 1)));
    expect(useOf(ledger.wallet.keySpending, 'key_1', minute(DAY_MINUTES + 1))).toMatchObject({
      dayCredits: 5,
      monthCredits: 5,
    });
  });

  it('captured for more counts that too, and only as far as the cap goes', () => {
    const ledger = ledgerWith(grant(100));
    const { entry } = ledger.apply(hold(10, daily(12))).result;
    const beyond = (amount: number) => ({ ...capture(entry.id, amount), ...daily(12) });
    expect(refusalOf(() => ledger.apply(beyond(13)))).toMatchObject(exceeded({ usedCredits: 10, requiredCredits: 3 }));
    ledger.apply(beyond(12));
    expect(useOf(ledger.wallet.keySpending, 'key_1', minute(2))).toMatchObject({ dayCredits: 12 });
  });

  it('that the owner captures for more counts, and is not refused', () => {
    const ledger = ledgerWith(grant(100));
    const { entry } = ledger.apply(hold(10, daily(12))).result;
    ledger.apply(capture(entry.id, 20));
    expect(useOf(ledger.wallet.keySpending, 'key_1', minute(2))).toMatchObject({ dayCredits: 20 });
  });

  it('made before its key had a cap gives back nothing', () => {
    const ledger = ledgerWith(grant(100));
    const { entry } = ledger.apply(hold(10, { apiKeyId: 'key_1' })).result;
    ledger.apply(charge(5, daily(10)));
    ledger.apply({ ...release(entry.id), ...daily(10) });
    expect(useOf(ledger.wallet.keySpending, 'key_1', minute(2))).toMatchObject({ dayCredits: 5 });
  });
});

describe('a wallet', () => {
  it('counts so many keys with caps and refuses one more, until the month is over', () => {
    const ledger = ledgerWith(grant(1_000));
    const monthly = (index: number) => capped({ creditsPerMonth: 5 }, `key_${index}`);
    for (let index = 0; index < MAX_CAPPED_KEYS; index += 1) ledger.apply(charge(1, monthly(index)));
    expect(refused(ledger, 1, monthly(MAX_CAPPED_KEYS))).toMatchObject({
      code: 'TOO_MANY_CAPPED_KEYS',
    });
    ledger.apply(charge(1, monthly(0)));
    ledger.apply(charge(1, { ...monthly(MAX_CAPPED_KEYS), now: minute(DAY_MINUTES * MONTH_DAYS) }));
    expect(Object.keys(ledger.wallet.keySpending?.keys ?? {})).toEqual([`key_${MAX_CAPPED_KEYS}`]);
  });
});

describe('the audit', () => {
  const both = capped({ creditsPerDay: 50, creditsPerMonth: 100 });
  const replayOf = (ledger: MemoryLedger, change: (entry: Entry) => UncheckedEntry) => {
    const replay = new LedgerReplay({ accountId: 'alice', walletId: 'main' }, null);
    for (const entry of ledger.posted()) replay.apply(entry.id, change(entry));
    return replay.wallet;
  };
  const withSpend = (change: Partial<KeySpend>, kind: string) => (entry: Entry) =>
    entry.keySpend && entry.kind === kind ? { ...entry, keySpend: { ...entry.keySpend, ...change } } : entry;
  const someLife = () => {
    const ledger = ledgerWith(grant(100), charge(10, both));
    ledger.apply(capture(ledger.apply(hold(20, both)).result.entry.id, 5));
    return ledger;
  };

  it('notices a wallet that says something else of what its keys have spent', () => {
    const ledger = someLife();
    const stored = { ...ledger.wallet, keySpending: { day: '2026-01-01', keys: {} } };
    expect(
      differencesOf(
        stored,
        replayOf(ledger, (entry) => entry),
      ),
    ).toMatchObject([{ field: 'keySpending' }]);
  });

  it.each([
    ['charge', { dayCredits: 9 }],
    ['charge', { keyId: 'key_2' }],
    ['hold', { monthCredits: 21 }],
    ['capture', { dayCredits: -20 }],
    ['capture', { monthCredits: 15 }],
  ])('believes no %s whose key has spent %j', (kind, change) => {
    expect(() => replayOf(someLife(), withSpend(change, kind))).toThrow(BrokenLedger);
  });

  it('believes no spending of a key by a grant', () => {
    const keySpend = { keyId: 'key_1', dayCredits: 1, monthCredits: 1 };
    const change = (entry: Entry): UncheckedEntry =>
      entry.kind === 'grant' ? { ...entry, apiKeyId: 'key_1', keySpend } : entry;
    expect(() => replayOf(someLife(), change)).toThrow(BrokenLedger);
  });
});

it('a wallet with as many lots and keys as it can have stays below 10 KB', () => {
  const ledger = ledgerWith();
  for (let index = 0; index < 100; index += 1) {
    ledger.apply(
      grant(1_000_000, { expiresAt: minute(100_000 + index * 37), source: index % 2 ? 'promotion' : 'grant' }),
    );
  }
  for (let index = 0; index < MAX_CAPPED_KEYS; index += 1) {
    const both = capped(
      { creditsPerDay: 1_000_000, creditsPerMonth: 1_000_000 },
      `key_${String(index).padStart(32, '0')}`,
    );
    ledger.apply(charge(1_000_000, both));
  }
  expect(Object.keys(ledger.wallet.keySpending?.keys ?? {})).toHaveLength(MAX_CAPPED_KEYS);
  expect(JSON.stringify(ledger.wallet).length).toBeLessThan(10_000);
});

/** What a key may do next, and when. */
const step = fc.record({
  key: fc.constantFrom('key_1', 'key_2'),
  amount: fc.nat(12),
  captured: fc.nat(15),
  kind: fc.constantFrom('charge', 'hold', 'capture', 'release', 'expire'),
  minutes: fc.constantFrom(0, 1, 60, DAY_MINUTES, DAY_MINUTES * 9),
  pick: fc.nat(100),
});
const caps = fc.record({
  creditsPerDay: fc.option(fc.nat(30)),
  creditsPerMonth: fc.option(fc.nat(60)),
  alertPercent: fc.option(fc.integer({ min: 1, max: 100 })),
});

it('no key ever spends or holds more than its caps, and the ledger alone rebuilds what each has spent', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.record({ key_1: caps, key_2: caps }), (steps, capsOfKeys) => {
      const ledger = ledgerWith(grant(100_000));
      const made: { day: string; month: string; key: string; id: string; credits: number }[] = [];
      let at = 1;
      for (const { key, amount, captured, kind, minutes, pick } of steps) {
        at += minutes;
        const now = minute(at);
        const own = { apiKeyId: key, keyCaps: capsOfKeys[key as keyof typeof capsOfKeys], now };
        const open = made.filter(({ id }) => ledger.entries.get(id)?.charge?.status === 'held');
        const target = open[pick % Math.max(1, open.length)];
        const note = (credits: number, id: string, by: string = key) =>
          made.push({ day: now.slice(0, 10), month: now.slice(0, 7), key: by, id, credits });
        try {
          if (kind === 'charge') note(amount, ledger.apply(charge(amount, own)).result.entry.id);
          else if (kind === 'hold') {
            const command = hold(amount, { ...own, hold: { expiresAt: minute(at + 5_000) } });
            note(amount, ledger.apply(command).result.entry.id);
          } else if (target) {
            const by = { apiKeyId: target.key, keyCaps: capsOfKeys[target.key as keyof typeof capsOfKeys] };
            const commands = {
              capture: { ...capture(target.id, captured, now), ...by },
              release: { ...release(target.id, now), ...by },
              expire: expireHold(target.id, now),
            };
            const spent = ledger.apply(commands[kind]).result.entry.consumedCredits;
            if (spent > target.credits) note(spent - target.credits, 'excess', target.key);
            target.credits = Math.min(spent, target.credits);
          }
        } catch {
          // Refused: then nothing may have changed, which is what is looked at below.
        }
        for (const [name, { creditsPerDay, creditsPerMonth }] of Object.entries(capsOfKeys)) {
          const sum = (window: 'day' | 'month', value: string) =>
            made
              .filter((one) => one.key === name && one[window] === value)
              .reduce((total, { credits }) => total + credits, 0);
          const [day, month] = [sum('day', now.slice(0, 10)), sum('month', now.slice(0, 7))];
          expect(day).toBeLessThanOrEqual(creditsPerDay ?? Infinity);
          expect(month).toBeLessThanOrEqual(creditsPerMonth ?? Infinity);
          const use = useOf(ledger.wallet.keySpending, name, now);
          expect(use.dayCredits).toBe(creditsPerDay === null ? 0 : day);
          expect(use.monthCredits).toBe(creditsPerMonth === null ? 0 : month);
        }
      }
      const replay = new LedgerReplay({ accountId: 'alice', walletId: 'main' }, null);
      for (const entry of ledger.posted()) replay.apply(entry.id, entry);
      expect(replay.wallet).toEqual(ledger.wallet);
    }),
    { numRuns: Number(process.env.PROPERTY_CASES ?? 300) },
  );
});
