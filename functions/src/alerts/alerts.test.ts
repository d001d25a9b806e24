import * as fc from 'fast-check';
import { type Alerts, type BalanceView, DEFAULT_RULE, lookAt, nextLevel, withRule } from './alerts.ts';

const NOW = '2026-03-01T00:00:00.000Z';
const RULE = { ...DEFAULT_RULE, lowBalanceThresholds: [50, 20], depleted: true };
const alerts = withRule(null, 'alice', RULE, NOW);

const view = (availableCredits: number, sequence: number, highestCredits = availableCredits): BalanceView => ({
  availableCredits,
  highestCredits,
  sequence,
  lots: [],
});
const types = (news: readonly { type: string; data: Readonly<Record<string, unknown>> }[]) =>
  news.map(({ type, data }) => (type === 'credits.low' ? `low ${data.thresholdCredits}` : type));

/** Looks at one balance after another; says what was told with each. */
function told(balances: readonly number[], from = alerts): string[][] {
  let current = from;
  return balances.map((availableCredits, index) => {
    const { after, news } = lookAt(current, view(availableCredits, index + 1), NOW);
    current = after;
    return types(news);
  });
}

describe('a balance', () => {
  it('is told with the first look below a threshold, and not again below it', () => {
    expect(told([50, 49, 30, 49])).toEqual([[], ['low 50'], [], []]);
  });

  it('that crosses several at once is told with each', () => {
    expect(told([0])).toEqual([['low 50', 'low 20', 'credits.depleted']]);
  });

  it('that was above a threshold again is told anew, as another event', () => {
    expect(told([40, 60, 40])).toEqual([['low 50'], [], ['low 50']]);
    const first = lookAt(alerts, view(40, 1), NOW);
    const second = lookAt(lookAt(first.after, view(60, 2), NOW).after, view(40, 3), NOW);
    expect(second.news[0]?.occasion).not.toEqual(first.news[0]?.occasion);
  });

  it('that was above it between two looks only is told anew', () => {
    const low = lookAt(alerts, view(40, 1), NOW).after;
    expect(types(lookAt(low, view(40, 3, 60), NOW).news)).toEqual(['low 50']);
    expect(types(lookAt(low, view(40, 3, 49), NOW).news)).toEqual([]);
  });

  it('looked at twice without an entry between is no change', () => {
    const { after } = lookAt(alerts, view(40, 1), NOW);
    const again = lookAt(after, view(40, 1), NOW);
    expect(again.after).toBe(after);
    expect(again.news).toEqual([]);
  });

  it('is told once for each time it comes below a level, whatever its way', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(80), { minLength: 1, maxLength: 30 }), (balances) => {
        const crossings = (level: number) =>
          balances.filter((balance, index) => balance < level && (balances[index - 1] ?? level) >= level).length;
        const all = told(balances).flat();
        const count = (name: string) => all.filter((one) => one === name).length;
        expect([count('low 50'), count('low 20'), count('credits.depleted')]).toEqual([50, 20, 1].map(crossings));
      }),
    );
  });
});

describe('a rule that changes', () => {
  it('tells nothing again of thresholds that stay, and at once of new ones', () => {
    const low = lookAt(alerts, view(40, 1), NOW).after;
    const changed = withRule(low, 'alice', { ...RULE, lowBalanceThresholds: [50, 45] }, NOW);
    expect(types(lookAt(changed, view(40, 1), NOW).news)).toEqual(['low 45']);
  });

  it('says below which balance there is something new to tell', () => {
    expect(nextLevel(alerts)).toBe(50);
    expect(nextLevel(lookAt(alerts, view(40, 1), NOW).after)).toBe(20);
    expect(nextLevel(lookAt(alerts, view(0, 1), NOW).after)).toBeNull();
    expect(nextLevel(withRule(null, 'alice', DEFAULT_RULE, NOW))).toBeNull();
  });
});

describe('credits that lapse', () => {
  const expiring: Alerts = withRule(null, 'alice', { ...DEFAULT_RULE, expiringWithinDays: 3 }, NOW);
  const lots = (...times: readonly (string | null)[]) =>
    times.map((expiresAt) => ({ expiresAt, remainingCredits: 10 }));
  const withLots = (...times: readonly (string | null)[]) => ({ ...view(100, 1), lots: lots(...times) });

  it('are told within so many days, those of one moment together, and once', () => {
    const soon = '2026-03-03T00:00:00.000Z';
    const { after, news } = lookAt(expiring, withLots(soon, soon, null, '2026-03-09T00:00:00.000Z', NOW), NOW);
    expect(news.map(({ data }) => data)).toEqual([{ expiringCredits: 20, expiresAt: soon }]);
    expect(lookAt(after, withLots(soon), NOW).news).toEqual([]);
  });

  it('at the last moment of the time are told, and after it not yet', () => {
    expect(lookAt(expiring, withLots('2026-03-04T00:00:00.000Z'), NOW).news).toHaveLength(1);
    expect(lookAt(expiring, withLots('2026-03-04T00:00:00.001Z'), NOW).news).toHaveLength(0);
  });
});
