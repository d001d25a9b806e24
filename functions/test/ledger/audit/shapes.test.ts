import { randomUUID } from 'node:crypto';
import { Ledger } from '@cloud-bridge/ledger';
import { type DocumentReference, FieldValue } from 'firebase-admin/firestore';
import { auditWallet } from '../../../../packages/ledger/src/audit/auditWallet.ts';
import { checkpointOf, clock, depsWith, during, findings, withHistory } from '../../support/auditedWallets.ts';
import { readLedger } from '../../support/ledger.ts';
import { database } from '../../support/suite.ts';

/** The documents of a wallet: its own, its entries, its counters and what audits keep. */
async function documentsOf(wallet: DocumentReference) {
  const collections = await wallet.listCollections();
  const found = await Promise.all(collections.map(async (collection) => (await collection.get()).docs));
  return [await wallet.get(), ...found.flat()];
}

const auditOf = (wallet: DocumentReference, isFull: boolean) => {
  findings.length = 0;
  return auditWallet(depsWith(), wallet.path, { isFull, roundStartedAt: clock() });
};

it('every document of a wallet says its shape, and nothing that is read has it', async () => {
  const { spender, wallet } = await withHistory();
  expect(await auditOf(wallet, false)).toBe('sound');
  const documents = await documentsOf(wallet);
  const collections = new Set(documents.map(({ ref }) => ref.parent.id));
  expect(collections).toEqual(new Set(['wallets', 'entries', 'usage', 'audit']));
  expect(documents.map((document) => document.get('shape'))).toEqual(documents.map(() => 1));
  const address = { accountId: spender.accountId, walletId: 'main' };
  const ledger = new Ledger(database());
  const entries = await ledger.listEntries(address, { limit: 10 });
  for (const read of [await ledger.read(address, clock()), ...entries]) expect(read).not.toHaveProperty('shape');
});

it('a wallet from before shapes were counted is read, spent from and audited as any other', async () => {
  const { spender, wallet, open } = await withHistory();
  expect(await auditOf(wallet, false)).toBe('sound');
  const before = await readLedger(spender.accountId);
  for (const { ref } of await documentsOf(wallet)) await ref.update({ shape: FieldValue.delete() });
  expect(await readLedger(spender.accountId)).toEqual(before);
  expect(
    (await new Ledger(database()).read({ accountId: spender.accountId, walletId: 'main' }, clock())).sequence,
  ).toBe(5);
  for (const isFull of [false, true]) expect(await auditOf(wallet, isFull)).toBe('sound');
  await spender.settle(open.id, { type: 'capture', amountCredits: 2 });
  await spender.charge({ operation: 'follow' });
  for (const isFull of [false, true]) expect(await auditOf(wallet, isFull)).toBe('sound');
  // A wallet is written as a whole, and so in the present shape; of a hold only its end is.
  expect((await wallet.get()).get('shape')).toBe(1);
  expect((await open.get()).get('shape')).toBeUndefined();
});

it('a document in a newer shape is refused by ledger and audit, and left as it is', async () => {
  const { spender, wallet, captured } = await withHistory();
  const address = { accountId: spender.accountId, walletId: 'main' };
  const id = randomUUID();
  const grant = { entryId: `grt_${id}`, commandId: id, requestHash: id, now: clock(), expiresAt: null } as const;
  for (const document of [wallet, captured]) {
    await during(
      document,
      (changed) => changed.update({ shape: 2 }),
      async () => {
        await expect(auditOf(wallet, true)).rejects.toThrow(`${document.path} has shape 2`);
      },
    );
  }
  await during(
    wallet,
    (changed) => changed.update({ shape: 2 }),
    async () => {
      const changed = (await wallet.get()).data();
      const submitted = new Ledger(database()).submit(address, {
        ...grant,
        type: 'grant',
        amountCredits: 5,
        source: 'grant',
        description: 'Grant',
      });
      await expect(submitted).rejects.toThrow(`${wallet.path} has shape 2`);
      expect((await wallet.get()).data()).toEqual(changed);
    },
  );
  await checkpointOf(wallet).delete();
  expect(await auditOf(wallet, true)).toBe('sound');
});
