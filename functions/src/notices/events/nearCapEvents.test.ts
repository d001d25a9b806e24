import type { KeyCaps } from '@cloud-bridge/ledger';
import { charge, grant, hold, ledgerWith, type MemoryLedger, minute, release } from '@cloud-bridge/ledger/testing';
import { nearCapEvents } from './nearCapEvents.ts';

const DAY_MINUTES = 24 * 60;
const NO_CAPS: KeyCaps = { creditsPerDay: null, creditsPerMonth: null, alertPercent: 80 };
const capped = (change: Partial<KeyCaps>, apiKeyId = 'key_1') => ({ apiKeyId, keyCaps: { ...NO_CAPS, ...change } });
const daily = (creditsPerDay: number, apiKeyId?: string) => capped({ creditsPerDay }, apiKeyId);

describe('events about a cap that is nearly used up', () => {
  const told = (ledger: MemoryLedger) => ledger.posted().flatMap(nearCapEvents);

  it('are raised once a window, even if held credits are released in between', () => {
    const ledger = ledgerWith(grant(1_000), charge(7, daily(10)));
    expect(told(ledger)).toEqual([]);
    const { entry } = ledger.apply(hold(1, daily(10))).result;
    ledger.apply(release(entry.id));
    ledger.apply(charge(1, { ...daily(10), now: minute(3) }));
    expect(told(ledger)).toMatchObject([
      {
        type: 'api_key.near_limit',
        data: { apiKeyId: 'key_1', walletId: 'main', window: 'day', limitCredits: 10, usedCredits: 8 },
      },
    ]);
    ledger.apply(charge(8, { ...daily(10), now: minute(DAY_MINUTES) }));
    expect(new Set(told(ledger).map(({ id }) => id)).size).toBe(2);
  });

  it('are raised again once the cap itself was raised, at the alert percentage of the key', () => {
    const at = (creditsPerDay: number, alertPercent: number | null) => capped({ creditsPerDay, alertPercent });
    const ledger = ledgerWith(grant(1_000), charge(5, at(10, 50)), charge(1, at(10, 50)));
    expect(told(ledger)).toHaveLength(1);
    ledger.apply(charge(4, at(100, null)));
    ledger.apply(charge(39, at(100, 50)));
    expect(told(ledger)).toHaveLength(1);
    ledger.apply(charge(1, at(100, 50)));
    expect(told(ledger).map(({ data }) => data.limitCredits)).toEqual([10, 100]);
  });
});
