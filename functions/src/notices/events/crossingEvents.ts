import type { IsoTime } from '@cloud-bridge/base';
import type { AlertLevel, Entry } from '@cloud-bridge/ledger';
import { type AccountEvent, type EventType, newEvent } from './accountEvent.ts';

/** A level whose event this project has. */
export type KnownLevel = AlertLevel & { readonly type: Extract<EventType, 'credits.low' | 'credits.depleted'> };

/** True for a level that this project gave to a wallet. */
function isKnown(level: AlertLevel): level is KnownLevel {
  return level.type === 'credits.low' || level.type === 'credits.depleted';
}

/**
 * What an account is told when an entry brings its balance from a level to below it: written in the entry's commit, so
 * that every crossing is told, and told once. The entry is one of a kind, and so are the ids of its events. The end of
 * a wallet is nothing to top up for, so it tells nothing.
 */
export function crossingEvents(levels: readonly AlertLevel[], entry: Entry): AccountEvent[] {
  const { id, kind, accountId, walletId, amountCredits, balanceAfterCredits, createdAt } = entry;
  if (kind === 'closure') return [];
  const balanceBeforeCredits = balanceAfterCredits - amountCredits;
  return levels
    .filter(isKnown)
    .filter(({ belowCredits }) => balanceBeforeCredits >= belowCredits && balanceAfterCredits < belowCredits)
    .map((level) => lowBalanceEvent(accountId, level, [walletId, id], balanceAfterCredits, createdAt));
}

/**
 * The event that tells of a balance below a level.
 * @param occasion what tells it from the other times that the balance was below this level
 */
export function lowBalanceEvent(
  accountId: string,
  { belowCredits, type }: KnownLevel,
  occasion: readonly string[],
  availableCredits: number,
  now: IsoTime,
): AccountEvent {
  const data = { availableCredits, ...(type === 'credits.low' && { thresholdCredits: belowCredits }) };
  return newEvent({ accountId, type }, [String(belowCredits), ...occasion], data, now);
}
