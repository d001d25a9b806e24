import { type Counters, countersByDocument, countersOf, flattened, nested, sumOf } from './counters.ts';
import type { Entry, UncheckedEntry } from './entry.ts';
import { capture, charge, expireHold, extend, grant, hold, ledgerWith, minute, release } from './testing/fixtures.ts';

const plain = (counters: Counters) => Object.fromEntries([...counters].sort());
const usageIn = (counters: Counters) => plain(new Map([...counters].filter(([path]) => !path.startsWith('kinds/'))));
const newest = (ledger: ReturnType<typeof ledgerWith>): Entry => [...ledger.entries.values()].at(-1) as Entry;

describe('what an entry counts for', () => {
  it('a charge counts for its operation, key and integration', () => {
    const ledger = ledgerWith(grant(20));
    ledger.apply(charge(3, { operation: 'follow', apiKeyId: 'key_1', integrationId: 'int_1' }));
    expect(plain(countersOf(newest(ledger)))).toEqual({
      'kinds/charge/entries': 1,
      'kinds/charge/amountCredits': -3,
      'kinds/charge/consumedCredits': 3,
      'operations/follow/succeededCalls': 1,
      'operations/follow/spentCredits': 3,
      'keys/key_1/succeededCalls': 1,
      'keys/key_1/spentCredits': 3,
      'integrations/int_1/succeededCalls': 1,
      'integrations/int_1/spentCredits': 3,
    });
  });

  it('new credits, an open hold and its extension do not count as usage', () => {
    const ledger = ledgerWith(grant(20));
    expect(plain(countersOf(newest(ledger)))).toEqual({ 'kinds/grant/entries': 1, 'kinds/grant/amountCredits': 20 });
    const { id } = ledger.apply(hold(5, { apiKeyId: 'key_1' })).result.entry;
    expect(usageIn(countersOf(ledger.entries.get(id) as Entry))).toEqual({});
    const extension = ledger.apply({ ...extend(id, minute(50)), apiKeyId: 'key_1' }).result.entry;
    expect(usageIn(countersOf(extension))).toEqual({});
  });

  it.each([
    ['captured', (id: string) => capture(id, 4), { succeededCalls: 1, spentCredits: 4 }],
    ['captured for nothing', (id: string) => capture(id, 0), { succeededCalls: 1 }],
    ['released', release, { failedCalls: 1 }],
    ['expired', (id: string) => expireHold(id, minute(31)), { failedCalls: 1 }],
  ])('a hold that is %s by somebody else is the usage of who made it', (_name, settle, figures) => {
    const ledger = ledgerWith(grant(20));
    const made = { operation: 'follow', apiKeyId: 'key_1', integrationId: 'int_1' };
    const { id } = ledger.apply(hold(5, made)).result.entry;
    const { entry } = ledger.apply(settle(id)).result;
    const expected = ['operations/follow', 'keys/key_1', 'integrations/int_1'].flatMap((path) =>
      Object.entries(figures).map(([figure, value]) => [`${path}/${figure}`, value]),
    );
    expect(usageIn(countersOf(entry))).toEqual(Object.fromEntries(expected));
  });
});

describe('documents', () => {
  const entries = (count: number, changes: (index: number) => Partial<UncheckedEntry>): UncheckedEntry[] => {
    const ledger = ledgerWith(grant(20));
    ledger.apply(charge(1));
    return Array.from({ length: count }, (_, index) => ({ ...newest(ledger), ...changes(index) }));
  };
  const documentsOf = (made: readonly UncheckedEntry[]) => countersByDocument(made).map(([id]) => id);

  it('count one day each, the day of their entries', () => {
    const times = ['2026-03-14T23:59:59.999Z', '2026-03-15T00:00:00.000Z'];
    const made = entries(2, (index) => ({ createdAt: times[index] ?? '' }));
    expect(documentsOf(made)).toEqual(['2026-03-14', '2026-03-15']);
  });

  it('are few, however many keys share a commit, and none has more than Firestore takes', () => {
    const createdAt = '2026-03-14T12:00:00.000Z';
    const made = entries(400, (index) => ({ createdAt, apiKeyId: `key_${index}`, operation: `operation${index}` }));
    const byDocument = countersByDocument(made);
    expect(byDocument.length).toBeLessThan(12);
    for (const [id, counters] of byDocument) {
      expect(id).toMatch(/^2026-03-14\.\d(\.\d)?$/);
      expect(counters.size).toBeLessThanOrEqual(500);
    }
    expect(new Set(documentsOf(made)).size).toBe(byDocument.length);
    const sum = sumOf(byDocument.map(([, counters]) => counters));
    expect(plain(sum)).toEqual(plain(sumOf(made.map(countersOf))));
  });

  it('keep names that are fields, whatever they are', () => {
    const counters: Counters = new Map([
      ['operations/constructor/spentCredits', 1],
      ['keys/a.b/spentCredits', 2],
      ['keys/__proto__/spentCredits', 3],
    ]);
    expect(plain(flattened(nested(counters, (figure) => figure)))).toEqual(plain(counters));
    expect(plain(flattened({ keys: { a: { spentCredits: 'x' }, b: 3 }, kinds: null }))).toEqual({
      'keys/a/spentCredits': Number.NaN,
    });
  });
});
