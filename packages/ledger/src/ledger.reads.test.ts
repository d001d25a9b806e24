import { Timestamp } from 'firebase-admin/firestore';
import type { Entry } from './entry.ts';
import type { LedgerWrite, StoredLedger, WalletStore } from './ledger.store.ts';
import { capture, charge, grant, hold, ledgerWith, release } from './testing/fixtures.ts';
import { WalletWriter } from './walletWriter.ts';

const address = { accountId: 'alice', walletId: 'main' };

/** A settled hold and an open hold, and the view of a reader who saw the first before its settlement. */
function settledMeanwhile(others: number) {
  const ledger = ledgerWith(grant(100));
  const { entry: stale } = ledger.apply(hold(30)).result;
  if (others > 0) ledger.apply(hold(others));
  ledger.apply(release(stale.id));
  return { ledger, stale };
}

/** A store whose first read is inconsistent: the present wallet with the earlier hold. */
function tornStore(ledger: ReturnType<typeof ledgerWith>, stale: Entry) {
  const writes: LedgerWrite[] = [];
  let reads = 0;
  const view = (entries: Map<string, Entry | null>): StoredLedger => ({
    wallet: ledger.wallet,
    updateTime: Timestamp.fromMillis(3),
    entries,
    entryUpdateTimes: new Map([[stale.id, Timestamp.fromMillis(entries.get(stale.id) === stale ? 1 : 2)]]),
  });
  const store = {
    readLedger: async () => {
      reads += 1;
      return view(new Map([...ledger.entries, ...(reads === 1 ? [[stale.id, stale] as const] : [])]));
    },
    commit: async (_address: unknown, write: LedgerWrite) => {
      writes.push(write);
      const tied = write.updated.every(({ id }) => write.before.entryUpdateTimes?.get(id)?.toMillis() === 2);
      if (!tied) throw Object.assign(new Error('precondition'), { code: 9 });
      return { updateTime: Timestamp.fromMillis(4), entryUpdateTimes: new Map() };
    },
  };
  return { store: store as unknown as WalletStore, writes };
}

it.each([
  ['would not even add up', 0],
  ['would add up', 50],
])('a hold that was read before it was settled is not settled again, where that %s', async (_name, others) => {
  const { ledger, stale } = settledMeanwhile(others);
  const { store } = tornStore(ledger, stale);
  const writer = new WalletWriter(undefined as never, store, address);
  await expect(writer.submit(capture(stale.id, null))).rejects.toMatchObject({
    code: 'CHARGE_NOT_HELD',
    details: { status: 'released' },
  });
});

it('a charge beside it goes through', async () => {
  const { ledger, stale } = settledMeanwhile(50);
  const { store, writes } = tornStore(ledger, stale);
  const writer = new WalletWriter(undefined as never, store, address);
  await expect(writer.submit(charge(5))).resolves.toMatchObject({ replayed: false });
  expect(writes).toHaveLength(1);
});
