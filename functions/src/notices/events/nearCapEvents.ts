import { type Entry, windowEnd } from '@cloud-bridge/ledger';
import { type AccountEvent, newEvent } from './accountEvent.ts';

/**
 * What an account is told when an entry brings a key near a cap: written in the entry's commit. The entry is one of a
 * kind, and so are the ids of its events.
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
