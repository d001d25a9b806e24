import { randomUUID } from 'node:crypto';
import { Ledger, type WalletCommand } from '@cloud-bridge/ledger';
import { type DocumentReference, FieldValue } from 'firebase-admin/firestore';
import { AUDIT_LIMITS, auditWallet } from '../../../../packages/ledger/src/audit/auditWallet.ts';
import { clock, depsWith, during, findings, withHistory } from '../../support/auditedWallets.ts';
import { database } from '../../support/suite.ts';

/** Audits a wallet in pages of two entries; says what differs. */
async function differencesIn(wallet: DocumentReference, isFull = false): Promise<string[]> {
  findings.length = 0;
  const deps = depsWith(undefined, { ...AUDIT_LIMITS, entriesPerPage: 2 });
  const verdict = await auditWallet(deps, wallet.path, { isFull, roundStartedAt: clock() });
  expect(verdict).toBe(findings.length > 0 ? 'differs' : 'sound');
  return findings.flatMap(({ differences = [] }) => differences.map(({ field }) => field));
}

/** A wallet with three entries with a key and one without on each of some days. */
class Diary {
  readonly wallet = database().doc(`accounts/${randomUUID()}/wallets/main`);
  readonly #wallets = new Ledger(database());

  async write(day: string): Promise<void> {
    const now = `${day}T12:00:00.000Z`;
    await this.#post(now, { type: 'grant', amountCredits: 100, source: 'grant', expiresAt: null, description: 'Gift' });
    for (const amountCredits of [1, 2, 3]) {
      const spent = {
        amountCredits,
        operation: 'follow',
        description: 'follow',
        quantity: 1,
        metadata: {},
        hold: null,
      };
      await this.#post(now, { type: 'charge', apiKeyId: 'key_1', integrationId: 'int_1', ...spent });
    }
  }

  async #post(now: string, command: Record<string, unknown>): Promise<void> {
    const id = randomUUID();
    const base = { entryId: `txn_${id}`, commandId: id, requestHash: id, now };
    const accountId = this.wallet.parent.parent?.id ?? '';
    await this.#wallets.submit({ accountId, walletId: 'main' }, { ...base, ...command } as WalletCommand);
  }

  /** The document that counts what was done with the key. */
  async counted(day: string): Promise<DocumentReference> {
    const { docs } = await this.wallet.collection('usage').get();
    const found = docs.find(({ id, ref }) => id.startsWith(`${day}.`) && ref);
    if (!found) throw new Error(`nothing is counted on ${day}`);
    return found.ref;
  }
}

it.each([
  ['a figure', { operations: { follow: { spentCredits: FieldValue.increment(1) } } }, 'operations/follow/spentCredits'],
  ['half a credit', { keys: { key_1: { spentCredits: 0.5 } } }, 'keys/key_1/spentCredits'],
  ['words', { kinds: { charge: { entries: 'many' } } }, 'kinds/charge/entries'],
  ['a key that was never used', { keys: { key_2: { failedCalls: 1 } } }, 'keys/key_2/failedCalls'],
  [
    'an integration that is missing',
    { integrations: { int_1: FieldValue.delete() } },
    'integrations/int_1/succeededCalls',
  ],
])('counters that were changed past the ledger are reported: %s', async (_name, change, path) => {
  const diary = new Diary();
  for (const day of ['2026-03-01', '2026-03-02']) await diary.write(day);
  expect(await differencesIn(diary.wallet)).toEqual([]);
  for (const day of ['2026-03-01', '2026-03-02']) {
    const alter = (document: DocumentReference) => document.set(change, { merge: true });
    await during(await diary.counted(day), alter, async () => {
      expect(await differencesIn(diary.wallet, true)).toContain(`counters/${day}/${path}`);
    });
  }
  expect(await differencesIn(diary.wallet, true)).toEqual([]);
});

it('counters that are gone are reported', async () => {
  const { wallet } = await withHistory();
  const { docs } = await wallet.collection('usage').get();
  for (const { ref } of docs) {
    await during(
      ref,
      (document) => document.delete(),
      async () => {
        expect(await differencesIn(wallet)).not.toEqual([]);
      },
    );
  }
  expect(docs.length).toBeGreaterThan(0);
  expect(await differencesIn(wallet)).toEqual([]);
});

it('a day is known as a whole from one audit to the next, and compared when it has ended', async () => {
  const diary = new Diary();
  await diary.write('2026-03-01');
  expect(await differencesIn(diary.wallet)).toEqual([]);
  await diary.write('2026-03-01');
  expect(await differencesIn(diary.wallet)).toEqual([]);
  await diary.write('2026-03-01');
  await diary.write('2026-03-02');
  const alter = (document: DocumentReference) =>
    document.set({ keys: { key_1: { spentCredits: FieldValue.increment(6) } } }, { merge: true });
  await during(await diary.counted('2026-03-01'), alter, async () => {
    expect(await differencesIn(diary.wallet)).toEqual(['counters/2026-03-01/keys/key_1/spentCredits']);
  });
  expect(await differencesIn(diary.wallet)).toEqual([]);
});
