import type { Caller } from '../http/caller.ts';
import { notFound } from '../shared/appError.ts';
import { MAIN_WALLET_ID, TEST_WALLET_ID, type WalletAddress } from './wallet.ts';

/**
 * The wallet that a request is about. A key has exactly one; the owner may name either, and means the main one
 * otherwise. Throws 404 `WALLET_NOT_FOUND`.
 */
export function walletOfCaller(caller: Caller, requestedId: string | undefined): WalletAddress {
  const own = walletIdsOf(caller);
  const walletId = requestedId ?? own[0];
  if (walletId === undefined || !own.includes(walletId)) throw notFound('wallet');
  return { accountId: caller.accountId, walletId };
}

/** Every wallet that a caller may reach: the one of a key, or all of the owner's. */
export function walletIdsOf(caller: Caller): readonly string[] {
  return caller.kind === 'key' ? [caller.walletId] : [MAIN_WALLET_ID, TEST_WALLET_ID];
}
