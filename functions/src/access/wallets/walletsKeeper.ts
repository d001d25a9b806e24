import { type Clock, derivedId, randomId, requestHash } from '@cloud-bridge/base';
import { MAIN_WALLET_ID } from '@cloud-bridge/ledger';
import { ERASED_AT_ONCE } from '../../platform/accountData/erasures.ts';
import type { Keeper, SectionPart, SectionPosition } from '../../platform/accountData/keeper.ts';
import { whole } from '../../platform/accountData/sections.ts';
import { hasCode } from '../../platform/errors/refusal.ts';
import type { WalletAccessNeeds } from './needs.ts';

interface KeeperNeeds extends WalletAccessNeeds {
  readonly clock: Clock;
}

/**
 * Creates the keeper of wallets and their ledgers: exports both, erases texts of entries, and closes the wallets. Held
 * credits block a deletion.
 */
export function walletsKeeper(needs: KeeperNeeds) {
  const { clock, wallets } = needs;
  return {
    blockers: async (accountId) => {
      const all = await readAll(needs, accountId);
      return all
        .filter(({ heldCredits }) => heldCredits > 0)
        .map(({ id, heldCredits }) => ({ kind: 'holds', walletId: id, heldCredits }) as const);
    },
    spendableCredits: async (accountId) =>
      (await wallets.read({ accountId, walletId: MAIN_WALLET_ID }, clock())).availableCredits,
    sections: {
      wallets: async (accountId) => whole(await readAll(needs, accountId)),
      ledger: (accountId, limit, after) => readLedger(needs, accountId, limit, after),
    },
    erasures: {
      // Erases wallet after wallet; the position is the wallet's id and the sequence of the last erased entry.
      ledger: async ({ id: accountId }, after) => {
        const walletIds = (await wallets.listIds(accountId)).sort();
        const [walletId = walletIds[0], sequence = '0'] = after?.split('/') ?? [];
        if (walletId === undefined) return null;
        const last = await wallets.eraseTexts({ accountId, walletId }, Number(sequence), ERASED_AT_ONCE);
        if (last !== null) return `${walletId}/${last}`;
        const following = walletIds.find((id) => id > walletId);
        return following === undefined ? null : `${following}/0`;
      },
    },
    close: async (accountId) => {
      for (const walletId of await wallets.listIds(accountId)) await closeWallet(needs, accountId, walletId);
    },
  } satisfies Keeper;
}

async function readAll({ clock, wallets }: KeeperNeeds, accountId: string) {
  const now = clock();
  const ids = await wallets.listIds(accountId);
  return Promise.all(ids.map((walletId) => wallets.read({ accountId, walletId }, now)));
}

/** Reads a part of the ledgers, wallet after wallet, each from its newest entry to its oldest. */
async function readLedger(
  { wallets }: WalletAccessNeeds,
  accountId: string,
  limit: number,
  after: SectionPosition | undefined,
): Promise<SectionPart> {
  const ids = (await wallets.listIds(accountId)).sort();
  const walletId = after && 'walletId' in after ? after.walletId : ids[0];
  if (walletId === undefined || !ids.includes(walletId)) return whole([]);
  const beforeSequence = after && 'walletId' in after ? after.beforeSequence : undefined;
  const entries = await wallets.listEntries({ accountId, walletId }, { limit, beforeSequence });
  const records = entries.map(({ commandId: _command, requestHash: _hash, ...entry }) => entry);
  const last = entries.at(-1);
  if (last && entries.length === limit) return { records, after: { walletId, beforeSequence: last.sequence } };
  const following = ids[ids.indexOf(walletId) + 1];
  return { records, after: following === undefined ? null : { walletId: following } };
}

async function closeWallet({ clock, wallets }: KeeperNeeds, accountId: string, walletId: string): Promise<void> {
  const seen = ['delete', accountId, walletId];
  const command = {
    type: 'close',
    entryId: derivedId('txn', ...seen),
    commandId: randomId('cmd'),
    requestHash: requestHash(seen),
    now: clock(),
  } as const;
  try {
    await wallets.submit({ accountId, walletId }, command);
  } catch (error) {
    if (!hasCode(error, 'WALLET_CLOSED')) throw error;
  }
}
