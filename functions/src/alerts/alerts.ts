import type { EventType } from '../events/accountEvent.ts';
import { addSeconds, type IsoTime, laterOf } from '../shared/time.ts';

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

/** The rule of an account, and what it has been told. */
export interface Alerts extends AlertRule {
  readonly accountId: string;
  /** Levels below which the balance is known to be: told, and not again until the balance was above. */
  readonly toldLevels: readonly number[];
  /** Numbers what was told, so that each crossing has an event of its own and never two. */
  readonly tellCount: number;
  /** Credits that lapse up to this moment have been told of. */
  readonly toldExpiryAt: IsoTime | null;
  /** The newest ledger entry that was looked at. */
  readonly seenSequence: number;
  /** When somebody last saw that there may be something to tell; the trigger waits for this field. */
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

/** Every balance below which something is told. */
function levelsOf({ lowBalanceThresholds, depleted }: AlertRule): number[] {
  return [...new Set([...lowBalanceThresholds, ...(depleted ? [DEPLETED_LEVEL] : [])])];
}

/** The highest balance below which there is something new to tell; null for none. */
export function nextLevel(alerts: Pick<Alerts, keyof AlertRule | 'toldLevels'>): number | null {
  const armed = levelsOf(alerts).filter((level) => !alerts.toldLevels.includes(level));
  return armed.length === 0 ? null : Math.max(...armed);
}

/** With another rule: what was told of levels that stay is not told again. */
export function withRule(before: Alerts | null, accountId: string, rule: AlertRule, now: IsoTime): Alerts {
  const levels = levelsOf(rule);
  return {
    tellCount: 0,
    toldExpiryAt: null,
    seenSequence: 0,
    ...before,
    ...rule,
    accountId,
    toldLevels: (before?.toldLevels ?? []).filter((level) => levels.includes(level)),
    isWatched: levels.length > 0 || rule.expiringWithinDays !== null,
    askedAt: now,
    updatedAt: now,
  };
}

/** What is known of the main wallet when alerts are looked at. */
export interface BalanceView {
  readonly availableCredits: number;
  /** The most that was available since the last look, as far as credits came in. */
  readonly highestCredits: number;
  readonly sequence: number;
  readonly lots: readonly { readonly remainingCredits: number; readonly expiresAt: IsoTime | null }[];
}

/** Something to be told. */
export interface Alert {
  readonly type: Extract<EventType, `credits.${string}`>;
  readonly occasion: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
}

/** What is to be told now, and the alerts after it: the same object when nothing has changed. */
export function lookAt(before: Alerts, view: BalanceView, now: IsoTime): { after: Alerts; news: readonly Alert[] } {
  const reached = Math.max(view.availableCredits, view.highestCredits);
  const stillTold = before.toldLevels.filter((level) => reached < level);
  const crossed = levelsOf(before).filter((level) => view.availableCredits < level && !stillTold.includes(level));
  const expiring = expiringOf(before, view, now);
  const news = [...crossed.map((level) => crossingOf(before, level, view)), ...expiring.map(expiryOf)];
  const isRearmed = stillTold.length < before.toldLevels.length;
  if (news.length === 0 && !isRearmed && view.sequence === before.seenSequence) return { after: before, news };
  const after: Alerts = {
    ...before,
    toldLevels: [...stillTold, ...crossed],
    tellCount: before.tellCount + crossed.length,
    toldExpiryAt: expiring.reduce((latest, { expiresAt }) => laterOf(latest ?? '', expiresAt), before.toldExpiryAt),
    seenSequence: view.sequence,
    updatedAt: now,
  };
  return { after, news };
}

function crossingOf({ tellCount, lowBalanceThresholds }: Alerts, level: number, view: BalanceView): Alert {
  const { availableCredits } = view;
  const occasion = [String(level), String(tellCount)];
  if (level === DEPLETED_LEVEL && !lowBalanceThresholds.includes(level)) {
    return { type: 'credits.depleted', occasion, data: { availableCredits } };
  }
  return { type: 'credits.low', occasion, data: { availableCredits, thresholdCredits: level } };
}

interface ExpiringCredits {
  readonly expiresAt: IsoTime;
  readonly credits: number;
}

/** Credits that lapse soon and haven't been told of, by moment. */
function expiringOf(alerts: Alerts, { lots }: BalanceView, now: IsoTime): ExpiringCredits[] {
  if (alerts.expiringWithinDays === null) return [];
  const until = addSeconds(now, alerts.expiringWithinDays * DAY_SECONDS);
  const byTime = new Map<IsoTime, number>();
  for (const { expiresAt, remainingCredits } of lots) {
    const isNews =
      expiresAt !== null && expiresAt > now && expiresAt <= until && expiresAt > (alerts.toldExpiryAt ?? '');
    if (isNews) byTime.set(expiresAt, (byTime.get(expiresAt) ?? 0) + remainingCredits);
  }
  return [...byTime].map(([expiresAt, credits]) => ({ expiresAt, credits }));
}

function expiryOf({ expiresAt, credits }: ExpiringCredits): Alert {
  return { type: 'credits.expiring', occasion: [expiresAt], data: { expiringCredits: credits, expiresAt } };
}
