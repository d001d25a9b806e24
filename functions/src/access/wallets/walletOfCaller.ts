import { MAIN_WALLET_ID, TEST_WALLET_ID, type WalletAddress } from '@cloud-bridge/ledger';
import { notFound } from '../../platform/errors/refusal.ts';
import type { Caller } from '../../platform/http/caller.ts';
import type { WalletAccessNeeds } from './needs.ts';

/**
 * Returns the address of the wallet that a request concerns. A key has exactly one wallet; the owner may name any
 * wallet of the account, and gets the main wallet by default.
 * @throws WALLET_NOT_FOUND
 */
export async function walletOfCaller(
  deps: WalletAccessNeeds,
  caller: Caller,
  requestedId: string | undefined,
): Promise<WalletAddress> {
  const { accountId } = caller;
  const walletId = requestedId ?? (caller.kind === 'key' ? caller.walletId : MAIN_WALLET_ID);
  const mayReach = caller.kind === 'key' ? walletId === caller.walletId : await isOwn(deps, { accountId, walletId });
  if (!mayReach) throw notFound('WALLET_NOT_FOUND');
  return { accountId, walletId };
}

/** Returns the ids of a caller's wallets that are known without a read. */
export function usualWalletIdsOf(caller: Caller): readonly string[] {
  return caller.kind === 'key' ? [caller.walletId] : OF_EVERY_ACCOUNT;
}

/** Yields the ids of a caller's wallets: the key's wallet, or all wallets of the owner, main and test wallet first. */
export async function* walletIdsOf(deps: WalletAccessNeeds, caller: Caller): AsyncGenerator<string> {
  yield* usualWalletIdsOf(caller);
  if (caller.kind === 'key') return;
  for (const id of await deps.wallets.listIds(caller.accountId)) if (!OF_EVERY_ACCOUNT.includes(id)) yield id;
}

const OF_EVERY_ACCOUNT = [MAIN_WALLET_ID, TEST_WALLET_ID];

async function isOwn(deps: WalletAccessNeeds, address: WalletAddress): Promise<boolean> {
  return OF_EVERY_ACCOUNT.includes(address.walletId) || (await deps.wallets.exists(address));
}
