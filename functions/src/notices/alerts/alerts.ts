import { addSeconds, type IsoTime } from '@cloud-bridge/base';
import type { Lot } from '@cloud-bridge/ledger';
import type { KnownLevel } from '../events/crossingEvents.ts';

/** Below one credit there is nothing left to spend. */
const DEPLETED_LEVEL = 1;
const DAY_SECONDS = 24 * 60 * 60;

/** What an account wants to be told of. */
export interface AlertRule {
  /** Each is told when fewer credits of the main wallet than that are available. */
  readonly lowBalanceThresholds: readonly number[];
  readonly depleted: boolean;
  /** Credits that lapse within so many days; null: never told. */
  readonly expiringWithinDays: number | null;
  /** Mail when automatic top-up has failed; the event is always told. */
  readonly autoTopUpFailed: boolean;
  /** Mail to the account's address, beside the events. */
  readonly email: boolean;
}

/**
 * The rule of an account, and what it has been told of credits that lapse. Its levels stand in the main wallet, too.
 */
export interface Alerts extends AlertRule {
  readonly accountId: string;
  /** Numbers the rules, so that what one tells at once is told once. */
  readonly changeCount: number;
  /** The moments still to come of which it has been told that credits lapse then. */
  readonly toldExpiries?: readonly IsoTime[];
  /** What an older way of telling noted: up to this moment everything has been told. */
  readonly toldExpiryAt?: IsoTime | null;
  /** When the owner last gave a rule; the trigger waits for this field. */
  readonly askedAt: IsoTime;
  /** True while the sweep has to look at it. */
  readonly isWatched: boolean;
  readonly updatedAt: IsoTime;
}

/** What holds for an account that never said anything. */
export const DEFAULT_RULE: AlertRule = {
  lowBalanceThresholds: [],
  depleted: false,
  expiringWithinDays: null,
  autoTopUpFailed: true,
  email: true,
};

/** Every balance below which something is told. A threshold of one credit says the same as that all are used up. */
export function levelsOf({ lowBalanceThresholds, depleted }: AlertRule): KnownLevel[] {
  const low = lowBalanceThresholds.map((belowCredits) => ({ belowCredits, type: 'credits.low' }) as const);
  if (!depleted || lowBalanceThresholds.includes(DEPLETED_LEVEL)) return low;
  return [...low, { belowCredits: DEPLETED_LEVEL, type: 'credits.depleted' }];
}

/** What a rule tells at once: levels that the one before didn't have, when the balance is below them already. */
export function lowFromTheStart(before: AlertRule | null, rule: AlertRule, availableCredits: number): KnownLevel[] {
  const known = before ? levelsOf(before) : [];
  return levelsOf(rule).filter(
    ({ belowCredits }) =>
      availableCredits < belowCredits && !known.some((level) => level.belowCredits === belowCredits),
  );
}

/** With another rule. What was told of credits that lapse stays told. */
export function withRule(before: Alerts | null, accountId: string, rule: AlertRule, now: IsoTime): Alerts {
  return {
    toldExpiries: [],
    ...before,
    ...rule,
    accountId,
    changeCount: (before?.changeCount ?? 0) + 1,
    isWatched: levelsOf(rule).length > 0 || rule.expiringWithinDays !== null,
    askedAt: now,
    updatedAt: now,
  };
}

/** Credits of the main wallet with one expiry. */
type LapsingLot = Pick<Lot, 'remainingCredits' | 'expiresAt'>;

/** Something to be told. */
interface LapseNews {
  readonly occasion: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
}

/** What is to be told now of credits that lapse soon, and the alerts after it: the same object when that is nothing. */
export function lookAtLapses(
  before: Alerts,
  lots: readonly LapsingLot[],
  now: IsoTime,
): { after: Alerts; news: readonly LapseNews[] } {
  const expiring = expiringOf(before, lots, now);
  if (expiring.length === 0) return { after: before, news: [] };
  const stillToCome = (before.toldExpiries ?? []).filter((expiresAt) => expiresAt > now);
  const toldExpiries = [...stillToCome, ...expiring.map(({ expiresAt }) => expiresAt)];
  return { after: { ...before, toldExpiries, updatedAt: now }, news: expiring.map(expiryOf) };
}

interface ExpiringCredits {
  readonly expiresAt: IsoTime;
  readonly credits: number;
}

/** Credits that lapse soon and haven't been told of, by moment. */
function expiringOf(alerts: Alerts, lots: readonly LapsingLot[], now: IsoTime): ExpiringCredits[] {
  if (alerts.expiringWithinDays === null) return [];
  const until = addSeconds(now, alerts.expiringWithinDays * DAY_SECONDS);
  const isTold = (expiresAt: IsoTime) =>
    (alerts.toldExpiries ?? []).includes(expiresAt) || expiresAt <= (alerts.toldExpiryAt ?? '');
  const byTime = new Map<IsoTime, number>();
  for (const { expiresAt, remainingCredits } of lots) {
    const isNews = expiresAt !== null && expiresAt > now && expiresAt <= until && !isTold(expiresAt);
    if (isNews) byTime.set(expiresAt, (byTime.get(expiresAt) ?? 0) + remainingCredits);
  }
  return [...byTime].map(([expiresAt, credits]) => ({ expiresAt, credits }));
}

function expiryOf({ expiresAt, credits }: ExpiringCredits): LapseNews {
  return { occasion: [expiresAt], data: { expiringCredits: credits, expiresAt } };
}
