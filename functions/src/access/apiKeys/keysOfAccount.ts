import type { ApiKey } from './apiKey.ts';
import type { ApiKeysNeeds } from './needs.ts';

const PAGE_SIZE = 300;

/** Returns all keys of an account, newest first. */
export async function keysOfAccount(deps: ApiKeysNeeds, accountId: string): Promise<ApiKey[]> {
  const keys: ApiKey[] = [];
  for (;;) {
    const page = await deps.apiKeys.list(accountId, PAGE_SIZE, keys.at(-1));
    keys.push(...page);
    if (page.length < PAGE_SIZE) return keys;
  }
}
