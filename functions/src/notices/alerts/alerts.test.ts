import { type Alerts, DEFAULT_RULE, levelsOf, lookAtLapses, lowFromTheStart, withRule } from './alerts.ts';

const NOW = '2026-03-01T00:00:00.000Z';
const RULE = { ...DEFAULT_RULE, lowBalanceThresholds: [50, 20], depleted: true };

describe('an alert rule', () => {
  it('has a level for each threshold and for an empty balance, unless a threshold is one credit', () => {
    const low = (belowCredits: number) => ({ belowCredits, type: 'credits.low' });
    expect(levelsOf(RULE)).toEqual([low(50), low(20), { belowCredits: 1, type: 'credits.depleted' }]);
    expect(levelsOf({ ...RULE, lowBalanceThresholds: [1] })).toEqual([low(1)]);
    expect(levelsOf(DEFAULT_RULE)).toEqual([]);
  });

  it('that changes raises alerts at once for new thresholds, and none for thresholds that stay', () => {
    const below = (before: typeof RULE | null, thresholds: readonly number[], availableCredits: number) =>
      lowFromTheStart(before, { ...RULE, lowBalanceThresholds: thresholds }, availableCredits).map(
        ({ belowCredits }) => belowCredits,
      );
    expect(below(null, [50, 20], 40)).toEqual([50]);
    expect(below(RULE, [50, 45], 40)).toEqual([45]);
    expect(below(RULE, [50, 45], 45)).toEqual([]);
    expect(below(null, [50], 0)).toEqual([50, 1]);
  });

  it('is numbered with each change', () => {
    const first = withRule(null, 'alice', RULE, NOW);
    expect([first.changeCount, withRule(first, 'alice', RULE, NOW).changeCount]).toEqual([1, 2]);
  });
});

describe('alerts about credits that expire', () => {
  const expiring: Alerts = withRule(null, 'alice', { ...DEFAULT_RULE, expiringWithinDays: 3 }, NOW);
  const lots = (...times: readonly (string | null)[]) =>
    times.map((expiresAt) => ({ expiresAt, remainingCredits: 10 }));

  it('are raised once within the number of days, with credits of the same expiry in one event', () => {
    const soon = '2026-03-03T00:00:00.000Z';
    const { after, news } = lookAtLapses(expiring, lots(soon, soon, null, '2026-03-09T00:00:00.000Z', NOW), NOW);
    expect(news.map(({ data }) => data)).toEqual([{ expiringCredits: 20, expiresAt: soon }]);
    const again = lookAtLapses(after, lots(soon), NOW);
    expect(again.news).toEqual([]);
    expect(again.after).toBe(after);
  });

  it('are also raised for credits that were added later and expire sooner', () => {
    const { after } = lookAtLapses(expiring, lots('2026-03-03T00:00:00.000Z'), NOW);
    const sooner = lookAtLapses(after, lots('2026-03-02T00:00:00.000Z', '2026-03-03T00:00:00.000Z'), NOW);
    expect(sooner.news.map(({ data }) => data.expiresAt)).toEqual(['2026-03-02T00:00:00.000Z']);
    expect(
      lookAtLapses(
        { ...expiring, toldExpiryAt: '2026-03-02T00:00:00.000Z' },
        lots(NOW, '2026-03-02T00:00:00.000Z'),
        NOW,
      ).news,
    ).toEqual([]);
    const later = lookAtLapses(sooner.after, lots('2026-03-05T00:00:00.000Z'), '2026-03-02T12:00:00.000Z');
    expect(later.after.toldExpiries).toEqual(['2026-03-03T00:00:00.000Z', '2026-03-05T00:00:00.000Z']);
  });

  it('include the last moment of the number of days, and nothing later', () => {
    expect(lookAtLapses(expiring, lots('2026-03-04T00:00:00.000Z'), NOW).news).toHaveLength(1);
    expect(lookAtLapses(expiring, lots('2026-03-04T00:00:00.001Z'), NOW).news).toHaveLength(0);
  });
});
