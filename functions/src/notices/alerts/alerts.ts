/** Pure rules of balance alerts: which levels a rule sets, and which credits are about to expire. */

import { addSeconds, type IsoTime } from '@cloud-bridge/base';
import type { Lot } from '@cloud-bridge/ledger';
import type { KnownLevel } from '../events/crossingEvents.ts';

/** In credits. Credits are whole numbers, so a balance below one is empty. */
const DEPLETED_LEVEL = 1;
const DAY_SECONDS = 24 * 60 * 60;

/** The alerts that an account's owner has asked for. */
export interface AlertRule {
  /** Levels, in available credits of the main wallet. Falling below a level raises an alert. */
  readonly lowBalanceThresholds: readonly number[];
  readonly depleted: boolean;
  /** The owner is alerted of credits that expire within this many days; null for no such alerts. */
  readonly expiringWithinDays: number | null;
  /** True to mail the owner when automatic top-up fails. The event itself is created in any case. */
  readonly autoTopUpFailed: boolean;
  /** True to mail the owner's address as well as creating events. */
  readonly email: boolean;
}

/**
 * An account's alert rule, with the expiries of which the account has been told. The main wallet holds a copy of the
 * rule's levels.
 */
export interface Alerts extends AlertRule {
  readonly accountId: string;
  /** Counts the rule's changes. Events that a change creates have this number in their ids, so each is created once. */
  readonly changeCount: number;
  /** Future expiries of which the account has been told. */
  readonly toldExpiries?: readonly IsoTime[];
  /** Written by older versions: the account has been told of every expiry up to this moment. */
  readonly toldExpiryAt?: IsoTime | null;
  /** When the owner last set the rule. The function's trigger runs when this field changes. */
  readonly askedAt: IsoTime;
  /** True while the sweep has to check the account. */
  readonly isWatched: boolean;
  readonly updatedAt: IsoTime;
}

/** The rule of an account whose owner has never set one. */
export const DEFAULT_RULE: AlertRule = {
  lowBalanceThresholds: [],
  depleted: false,
  expiringWithinDays: null,
  autoTopUpFailed: true,
  email: true,
};

/**
 * Returns the levels below which the rule raises an alert. A threshold of one credit already means "all used up", so
 * such a rule gets no separate level for `depleted`.
 */
export function levelsOf({ lowBalanceThresholds, depleted }: AlertRule): KnownLevel[] {
  const low = lowBalanceThresholds.map((belowCredits) => ({ belowCredits, type: 'credits.low' }) as const);
  if (!depleted || lowBalanceThresholds.includes(DEPLETED_LEVEL)) return low;
  return [...low, { belowCredits: DEPLETED_LEVEL, type: 'credits.depleted' }];
}

/** Returns the levels that the new rule adds and that the balance is already below: their alerts are due at once. */
export function lowFromTheStart(before: AlertRule | null, rule: AlertRule, availableCredits: number): KnownLevel[] {
  const known = before ? levelsOf(before) : [];
  return levelsOf(rule).filter(
    ({ belowCredits }) =>
      availableCredits < belowCredits && !known.some((level) => level.belowCredits === belowCredits),
  );
}

/** Returns the alerts with a new rule. Keeps the expiries of which the account has been told. */
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

/** A lot of the main wallet, reduced to the fields that matter for its expiry. */
type LapsingLot = Pick<Lot, 'remainingCredits' | 'expiresAt'>;

/** The occasion and data of a `credits.expiring` event that is due. */
interface LapseNews {
  readonly occasion: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * Finds credits that expire soon and of which the account hasn't been told.
 * @returns the news, and the alerts after them: the same object as `before` when there is no news
 */
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

/** Sums the credits that expire soon and of which the account hasn't been told, by expiry. */
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
