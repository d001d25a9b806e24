import { Timestamp } from 'firebase-admin/firestore';
import type { WalletStore } from './ledger.store.ts';
import { MAX_LOTS } from './lots.ts';
import { charge, grant, ledgerWith, minute } from './testing/fixtures.ts';
import { isBalanced } from './wallet.ts';
import { WalletWriter } from './walletWriter.ts';

const address = { accountId: 'alice', walletId: 'main' };

/** A store whose commits end only when the test lets them. */
function slowStore() {
  const { wallet } = ledgerWith(grant(1_000_000));
  let release: () => void = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const store = {
    readLedger: async () => ({ wallet, updateTime: Timestamp.fromMillis(1), entries: new Map() }),
    commit: async () => {
      await released;
      return { updateTime: Timestamp.fromMillis(2), entryUpdateTimes: new Map() };
    },
  };
  return { store: store as unknown as WalletStore, release };
}

it('a full queue refuses with 503 and Retry-After, and answers everything that it took', async () => {
  const { store, release } = slowStore();
  const writer = new WalletWriter(undefined as never, store, address);
  const submissions = Array.from({ length: 12_000 }, () => writer.submit(charge(1)));
  const outcomes = Promise.allSettled(submissions);
  release();
  const settled = await outcomes;
  const refused = settled.filter((outcome) => outcome.status === 'rejected');
  expect(refused.length).toBeGreaterThan(0);
  for (const { reason } of refused) {
    expect(reason).toMatchObject({ code: 'WALLET_BUSY', retryAfterSeconds: 1 });
  }
  const answered = settled.filter((outcome) => outcome.status === 'fulfilled');
  expect(answered.length).toBe(12_000 - refused.length);
  expect(writer.isIdle).toBe(true);
});

it('a wallet stays below 10 KB however many deadlines its credits were given, and nothing lapses early', () => {
  const ledger = ledgerWith();
  const deadlines = Array.from({ length: 400 }, (_, index) => minute(1_000 + index * 37 + (index % 7)));
  for (const [index, expiresAt] of deadlines.entries()) {
    ledger.apply(grant(1, { expiresAt, source: index % 2 ? 'promotion' : 'grant', now: minute(index) }));
  }
  expect(ledger.wallet.lots.length).toBeLessThanOrEqual(MAX_LOTS);
  expect(JSON.stringify(ledger.wallet).length).toBeLessThan(10_000);
  expect(isBalanced(ledger.wallet)).toBe(true);
  // At any moment at least as many credits are left as were given a later deadline.
  for (const now of deadlines.filter((_, index) => index % 40 === 0)) {
    const entitled = deadlines.filter((deadline) => deadline > now).length;
    const left = ledger.wallet.lots.filter((lot) => (lot.expiresAt ?? '') > now);
    expect(left.reduce((sum, lot) => sum + lot.remainingCredits, 0)).toBeGreaterThanOrEqual(entitled);
  }
});
