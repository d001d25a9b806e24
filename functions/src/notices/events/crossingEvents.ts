import type { IsoTime } from '@cloud-bridge/base';
import type { AlertLevel, Entry } from '@cloud-bridge/ledger';
import { type AccountEvent, type EventType, newEvent } from './accountEvent.ts';

/** An alert level whose event type exists in this project. */
export type KnownLevel = AlertLevel & { readonly type: Extract<EventType, 'credits.low' | 'credits.depleted'> };

/** Returns true for a level that this project wrote to a wallet. */
function isKnown(level: AlertLevel): level is KnownLevel {
  return level.type === 'credits.low' || level.type === 'credits.depleted';
}

/**
 * Returns an event for each level that the entry's balance falls below. The events are written in the entry's commit,
 * and their ids contain the entry's id, so each crossing is reported exactly once. Closing a wallet raises no event,
 * because a closed wallet needs no top-up.
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
 * Creates the event that reports a balance below a level.
 * @param occasion distinguishes this event from others about the same level
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
