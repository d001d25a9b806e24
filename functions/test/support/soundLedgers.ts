import { type Clock, isoTime, type Logger } from '@cloud-bridge/base';
import { AuditStore, auditWallets } from '@cloud-bridge/ledger';
import type { Firestore } from 'firebase-admin/firestore';
import { silentLogger } from './silentLogger.ts';

/** Audits a whole database. Every wallet has to agree with its ledger. */
export async function expectSoundLedgers(
  db: Firestore,
  { clock = () => isoTime(Date.now()), logger = silentLogger }: { clock?: Clock; logger?: Logger } = {},
): Promise<void> {
  const store = new AuditStore(db);
  const { checkedWallets, differingWallets, skippedWallets } = await auditWallets(
    { store, clock, logger },
    'full',
    10_000,
  );
  expect({ differingWallets, skippedWallets }).toEqual({ differingWallets: 0, skippedWallets: 0 });
  expect(checkedWallets).toBeGreaterThan(0);
}
