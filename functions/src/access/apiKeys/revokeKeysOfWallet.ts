import { keysOfAccount } from './keysOfAccount.ts';
import type { ApiKeysNeeds } from './needs.ts';

/** Revokes every key that spends from a wallet; leaves already revoked keys as they are. */
export async function revokeKeysOfWallet(deps: ApiKeysNeeds, accountId: string, walletId: string): Promise<void> {
  const now = deps.clock();
  const keys = await keysOfAccount(deps, accountId);
  const concerned = keys.filter((key) => key.walletId === walletId && key.revokedAt === null);
  await Promise.all(
    concerned.map(({ id }) => deps.apiKeys.change(accountId, id, (key) => ({ revokedAt: key.revokedAt ?? now }))),
  );
}
