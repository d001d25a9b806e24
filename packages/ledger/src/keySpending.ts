import { addDays, assertNonNegative, dayOf, daysOf, type IsoDay, type IsoTime, startOfDay } from '@cloud-bridge/base';
import type { OpenHoldEntry, UncheckedEntry } from './entry.ts';
import {
  CAP_WINDOWS,
  type CapWindow,
  type KeyCaps,
  type KeySpend,
  type KeySpending,
  type KeyUse,
  type NearCap,
} from './keySpend.ts';
import { KeyCreditLimitExceeded, tooManyCappedKeys } from './ledger.errors.ts';

/** The fields of a wallet that concern the spending of its keys. */
interface SpendingWallet {
  readonly keySpending?: KeySpending;
  readonly heldCredits: number;
}

/** The fields of a command that concern its API key. */
interface KeyOfCommand {
  readonly apiKeyId?: string | undefined;
  readonly keyCaps?: KeyCaps | undefined;
  readonly now: IsoTime;
}

/**
 * Most keys with caps that a wallet counts at the same time: at about 150 bytes per key its document stays under 10 KB.
 */
export const MAX_CAPPED_KEYS = 20;

const FIELDS = {
  day: { credits: 'dayCredits', told: 'toldDayCap', cap: 'creditsPerDay' },
  month: { credits: 'monthCredits', told: 'toldMonthCap', cap: 'creditsPerMonth' },
} as const;

const NOTHING: KeyUse = { dayCredits: 0, monthCredits: 0 };

/** Returns the credits that a key has spent or holds in the day and month of a time. */
export function useOf(spending: KeySpending | undefined, keyId: string, now: IsoTime): KeyUse {
  if (!spending) return NOTHING;
  const { keys } = rolledTo(spending, dayOf(now));
  return Object.hasOwn(keys, keyId) ? (keys[keyId] ?? NOTHING) : NOTHING;
}

/** Returns the ids of the keys that a wallet counts in the day and month of a time. */
export function countedKeys(spending: KeySpending | undefined, now: IsoTime): readonly string[] {
  return spending ? Object.keys(rolledTo(spending, dayOf(now)).keys) : [];
}

/** True for an amount that the key's caps allow now; always true without caps. */
export function isWithinCaps(
  { keySpending }: Pick<SpendingWallet, 'keySpending'>,
  { apiKeyId, keyCaps, now }: KeyOfCommand,
  amountCredits: number,
): boolean {
  if (!apiKeyId || !keyCaps) return true;
  const use = useOf(keySpending, apiKeyId, now);
  if (amountCredits > 0 && use === NOTHING && isFull(keySpending, now)) return false;
  return CAP_WINDOWS.every((window) => {
    const { cap, credits } = FIELDS[window];
    return amountCredits <= (keyCaps[cap] ?? Number.POSITIVE_INFINITY) - use[credits];
  });
}

/** Returns the end of the window that contains a time. */
export function windowEnd(window: CapWindow, now: IsoTime): IsoTime {
  const day = dayOf(now);
  return startOfDay(addDays(window === 'day' ? day : daysOf(monthOf(day)).last, 1));
}

/** Returns the spending after one more entry; undefined until a key with a cap has spent credits. */
export function spendingAfter(spending: KeySpending | undefined, entry: UncheckedEntry): KeySpending | undefined {
  const { keySpend, createdAt } = entry;
  if (!spending && !keySpend) return undefined;
  const day = dayOf(createdAt);
  const rolled = rolledTo(spending ?? { day, keys: {} }, day);
  return keySpend ? { day, keys: compact({ ...rolled.keys, [keySpend.keyId]: useAfter(rolled, keySpend) }) } : rolled;
}

/**
 * Returns the change that a charge makes to its key's spending; undefined if no cap counts it.
 * @throws KEY_CREDIT_LIMIT_EXCEEDED, or TOO_MANY_CAPPED_KEYS when the wallet counts as many keys as it can
 */
export function spendOfCharge(
  wallet: SpendingWallet,
  { apiKeyId, keyCaps, now }: KeyOfCommand,
  amountCredits: number,
): KeySpend | undefined {
  if (!apiKeyId || !keyCaps) return undefined;
  const added = (window: CapWindow) => (keyCaps[FIELDS[window].cap] === null ? 0 : amountCredits);
  return spendOf(wallet, apiKeyId, { day: added('day'), month: added('month') }, keyCaps, now);
}

/**
 * Returns the change that the end of a hold makes to its key's spending. Credits that aren't captured return to the
 * windows of the hold, if those still last. Credits captured beyond the hold count now, and are refused if they exceed
 * a cap of the capturing key. Undefined if there is nothing to count.
 * @throws KEY_CREDIT_LIMIT_EXCEEDED, TOO_MANY_CAPPED_KEYS
 */
export function spendOfSettlement(
  wallet: SpendingWallet,
  hold: Pick<OpenHoldEntry, 'apiKeyId' | 'keySpend' | 'charge' | 'createdAt'>,
  { keyCaps, now }: Pick<KeyOfCommand, 'keyCaps' | 'now'>,
  capturedCredits: number,
): KeySpend | undefined {
  const { apiKeyId, keySpend, charge } = hold;
  if (!apiKeyId) return undefined;
  const returned = Math.max(0, charge.amountCredits - capturedCredits);
  const excess = Math.max(0, capturedCredits - charge.amountCredits);
  const change = (window: CapWindow) => {
    const held = keySpend?.[FIELDS[window].credits] ?? 0;
    const isCounted = keyCaps ? keyCaps[FIELDS[window].cap] !== null : held > 0;
    const given = held > 0 && isSameWindow(window, hold.createdAt, now) ? returned : 0;
    return (isCounted ? excess : 0) - given;
  };
  return spendOf(wallet, apiKeyId, { day: change('day'), month: change('month') }, keyCaps ?? null, now);
}

function spendOf(
  { keySpending, heldCredits }: SpendingWallet,
  keyId: string,
  change: Readonly<Record<CapWindow, number>>,
  caps: KeyCaps | null,
  now: IsoTime,
): KeySpend | undefined {
  if (CAP_WINDOWS.every((window) => change[window] === 0)) return undefined;
  const use = useOf(keySpending, keyId, now);
  for (const window of CAP_WINDOWS) {
    const limitCredits = caps?.[FIELDS[window].cap] ?? null;
    const usedCredits = use[FIELDS[window].credits];
    if (change[window] > 0 && limitCredits !== null && change[window] > limitCredits - usedCredits) {
      const resetsAt = windowEnd(window, now);
      const details = { window, limitCredits, usedCredits, requiredCredits: change[window], resetsAt };
      throw new KeyCreditLimitExceeded(details, heldCredits);
    }
  }
  if (use === NOTHING && isFull(keySpending, now)) throw tooManyCappedKeys(MAX_CAPPED_KEYS);
  const spend = { keyId, dayCredits: change.day, monthCredits: change.month };
  const nearCaps = caps ? nearCapsOf(use, spend, caps) : [];
  return nearCaps.length > 0 ? { ...spend, nearCaps } : spend;
}

function nearCapsOf(use: KeyUse, spend: KeySpend, caps: KeyCaps): NearCap[] {
  const { alertPercent } = caps;
  if (alertPercent === null) return [];
  return CAP_WINDOWS.flatMap((window) => {
    const { cap, credits, told } = FIELDS[window];
    const limitCredits = caps[cap];
    const usedCredits = use[credits] + spend[credits];
    if (limitCredits === null || spend[credits] <= 0 || use[told] === limitCredits) return [];
    // BigInt, because the product of two safe integers may not be a safe integer.
    const isNear = BigInt(usedCredits) * 100n >= BigInt(limitCredits) * BigInt(alertPercent);
    return isNear ? [{ window, limitCredits, usedCredits }] : [];
  });
}

function useAfter({ keys }: KeySpending, spend: KeySpend): KeyUse {
  const use = keys[spend.keyId] ?? NOTHING;
  const told = (spend.nearCaps ?? []).map(({ window, limitCredits }) => [FIELDS[window].told, limitCredits]);
  return {
    ...use,
    ...Object.fromEntries(told),
    dayCredits: assertNonNegative(use.dayCredits + spend.dayCredits, 'dayCredits of a key'),
    monthCredits: assertNonNegative(use.monthCredits + spend.monthCredits, 'monthCredits of a key'),
  };
}

function isFull(spending: KeySpending | undefined, now: IsoTime): boolean {
  return countedKeys(spending, now).length >= MAX_CAPPED_KEYS;
}

/**
 * Returns the spending in the windows of a day. The ledger's time never runs backwards, so another day is a later day.
 */
function rolledTo(spending: KeySpending, day: IsoDay): KeySpending {
  if (spending.day === day) return spending;
  if (monthOf(spending.day) !== monthOf(day)) return { day, keys: {} };
  const keys = Object.entries(spending.keys).map(([keyId, { toldDayCap: _told, ...use }]) => [
    keyId,
    { ...use, dayCredits: 0 },
  ]);
  return { day, keys: compact(Object.fromEntries(keys)) };
}

/** Removes keys whose figures are all zero. */
function compact(keys: Readonly<Record<string, KeyUse>>): Record<string, KeyUse> {
  return Object.fromEntries(Object.entries(keys).filter(([, use]) => Object.values(use).some((figure) => figure > 0)));
}

function isSameWindow(window: CapWindow, a: IsoTime, b: IsoTime): boolean {
  return window === 'day' ? dayOf(a) === dayOf(b) : monthOf(dayOf(a)) === monthOf(dayOf(b));
}

function monthOf(day: IsoDay): string {
  return day.slice(0, 'YYYY-MM'.length);
}
