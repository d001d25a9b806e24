import { type Alerts, DEFAULT_RULE, levelsOf, lookAtLapses, lowFromTheStart, withRule } from './alerts.ts';

const NOW = '2026-03-01T00:00:00.000Z';
const RULE = { ...DEFAULT_RULE, lowBalanceThresholds: [50, 20], depleted: true };

describe('a rule', () => {
  it('has a level for each threshold and for the end of the credits, which a threshold of one credit is, too', () => {
    const low = (belowCredits: number) => ({ belowCredits, type: 'credits.low' });
    expect(levelsOf(RULE)).toEqual([low(50), low(20), { belowCredits: 1, type: 'credits.depleted' }]);
    expect(levelsOf({ ...RULE, lowBalanceThresholds: [1] })).toEqual([low(1)]);
    expect(levelsOf(DEFAULT_RULE)).toEqual([]);
  });

  it('that changes tells nothing again of thresholds that stay, and at once of new ones', () => {
    const below = (before: typeof RULE | null, thresholds: readonly number[], availableCredits: number) =>
      lowFromTheStart(before, { ...RULE, lowBalanceThresholds: thresholds }, availableCredits).map(
        ({ belowCredits }) => belowCredits,
      );
    expect(below(null, [50, 20], 40)).toEqual([50]);
    expect(below(RULE, [50, 45], 40)).toEqual([45]);
    expect(below(RULE, [50, 45], 45)).toEqual([]);
    expect(below(null, [50], 0)).toEqual([50, 1]);
  });

  it('is numbered, so that what it tells at once is told once', () => {
    const first = withRule(null, 'alice', RULE, NOW);
    expect([first.changeCount, withRule(first, 'alice', RULE, NOW).changeCount]).toEqual([1, 2]);
  });
});

describe('credits that lapse', () => {
  const expiring: Alerts = withRule(null, 'alice', { ...DEFAULT_RULE, expiringWithinDays: 3 }, NOW);
  const lots = (...times: readonly (string | null)[]) =>
    times.map((expiresAt) => ({ expiresAt, remainingCredits: 10 }));

  it('are told within so many days, those of one moment together, and once', () => {
    const soon = '2026-03-03T00:00:00.000Z';
    const { after, news } = lookAtLapses(expiring, lots(soon, soon, null, '2026-03-09T00:00:00.000Z', NOW), NOW);
    expect(news.map(({ data }) => data)).toEqual([{ expiringCredits: 20, expiresAt: soon }]);
    const again = lookAtLapses(after, lots(soon), NOW);
    expect(again.news).toEqual([]);
    expect(again.after).toBe(after);
  });

  it('are told, too, when they came later and lapse sooner than what was told', () => {
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

  it('at the last moment of the time are told, and after it not yet', () => {
    expect(lookAtLapses(expiring, lots('2026-03-04T00:00:00.000Z'), NOW).news).toHaveLength(1);
    expect(lookAtLapses(expiring, lots('2026-03-04T00:00:00.001Z'), NOW).news).toHaveLength(0);
  });
});
