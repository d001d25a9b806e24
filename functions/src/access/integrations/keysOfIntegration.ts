import type { ApiKey } from '../apiKeys/apiKey.ts';
import { keysOfAccount } from '../apiKeys/keysOfAccount.ts';
import type { IntegrationsNeeds } from './needs.ts';

/** Returns the API keys that belong to an integration, newest first. */
export async function keysOfIntegration(
  deps: IntegrationsNeeds,
  accountId: string,
  integrationId: string,
): Promise<ApiKey[]> {
  const keys = await keysOfAccount(deps, accountId);
  return keys.filter((key) => key.integrationId === integrationId);
}
