import { type Entry, windowEnd } from '@cloud-bridge/ledger';
import { type AccountEvent, newEvent } from './accountEvent.ts';

/**
 * Returns an event for each cap that the entry brings a key close to. The events are written in the entry's commit, and
 * their ids contain the entry's id, so each is created once.
 */
export function nearCapEvents({ id, accountId, walletId, keySpend, createdAt }: Entry): AccountEvent[] {
  const { keyId, nearCaps = [] } = keySpend ?? {};
  return nearCaps.map(({ window, limitCredits, usedCredits }) =>
    newEvent(
      { accountId, type: 'api_key.near_limit' },
      [walletId, id, window],
      { apiKeyId: keyId, walletId, window, limitCredits, usedCredits, resetsAt: windowEnd(window, createdAt) },
      createdAt,
    ),
  );
}
