import type { IsoTime } from '@cloud-bridge/base';
import { type KeyUse, useOf, type Wallet } from '@cloud-bridge/ledger';
import { type ApiKey, walletIdOf } from './apiKey.ts';
import { renderKey } from './apiKeys.schemas.ts';
import { hasCaps, rulesOf } from './keyRules.ts';
import type { ApiKeysNeeds } from './needs.ts';

/** Renders keys for their owner. Reads wallets only for keys with caps. */
export async function renderKeys(deps: ApiKeysNeeds, keys: readonly ApiKey[], now: IsoTime) {
  const wallets = new Map<string, Promise<Wallet>>();
  const useOfKey = async (key: ApiKey): Promise<KeyUse> => {
    const walletId = walletIdOf(key);
    if (walletId === null || !hasCaps(rulesOf(key))) return useOf(undefined, key.id, now);
    const wallet = wallets.get(walletId) ?? deps.wallets.read({ accountId: key.accountId, walletId }, now);
    wallets.set(walletId, wallet);
    return useOf((await wallet).keySpending, key.id, now);
  };
  return Promise.all(keys.map(async (key) => renderKey(key, await useOfKey(key), now)));
}

/** Renders a key for its owner. */
export async function renderOneKey(deps: ApiKeysNeeds, key: ApiKey): Promise<ReturnType<typeof renderKey>> {
  const [rendered] = await renderKeys(deps, [key], deps.clock());
  if (!rendered) throw new Error(`key ${key.id} was not rendered`);
  return rendered;
}
