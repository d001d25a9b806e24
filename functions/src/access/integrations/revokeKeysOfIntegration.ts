import { keysOfIntegration } from './keysOfIntegration.ts';
import type { IntegrationsNeeds } from './needs.ts';

/** Revokes every key that belongs to an integration; leaves already revoked keys as they are. */
export async function revokeKeysOfIntegration(
  deps: IntegrationsNeeds,
  accountId: string,
  integrationId: string,
): Promise<void> {
  const now = deps.clock();
  const keys = await keysOfIntegration(deps, accountId, integrationId);
  const concerned = keys.filter((key) => key.revokedAt === null);
  await Promise.all(
    concerned.map(({ id }) => deps.apiKeys.change(accountId, id, (key) => ({ revokedAt: key.revokedAt ?? now }))),
  );
}
