import { notFound, runUnitOfWork } from '@cloud-bridge/base';
import type { AccountCaller } from '../../platform/http/caller.ts';
import type { Integration } from './integration.ts';
import type { UpdateIntegrationRequest } from './integrations.schemas.ts';
import type { IntegrationsNeeds } from './needs.ts';
import { revokeKeysOfIntegration } from './revokeKeysOfIntegration.ts';

/**
 * Changes name or platform.
 * @throws AppError 404
 */
export async function updateIntegration(
  deps: IntegrationsNeeds,
  { accountId }: AccountCaller,
  integrationId: string,
  { name, platform }: UpdateIntegrationRequest,
): Promise<Integration> {
  const change = { ...(name !== undefined && { name }), ...(platform !== undefined && { platform }) };
  return changeIntegration(deps, accountId, integrationId, (current) => {
    if (current.deletedAt !== null) throw notFound('integration');
    return change;
  });
}

/**
 * Deletes an integration and revokes its keys, for good. Its keys are revoked first, so that a deletion that breaks
 * down leaves no integration that is gone with keys that work; and once more after it, for a key that was made
 * meanwhile. Repeating it changes nothing.
 * @throws AppError 404
 */
export async function deleteIntegration(
  deps: IntegrationsNeeds,
  { accountId }: AccountCaller,
  integrationId: string,
): Promise<Integration> {
  const now = deps.clock();
  if (!(await deps.integrations.find(accountId, integrationId))) throw notFound('integration');
  await revokeKeysOfIntegration(deps, accountId, integrationId);
  const deleted = await changeIntegration(deps, accountId, integrationId, (current) => ({
    deletedAt: current.deletedAt ?? now,
  }));
  await revokeKeysOfIntegration(deps, accountId, integrationId);
  return deleted;
}

function changeIntegration(
  deps: IntegrationsNeeds,
  accountId: string,
  integrationId: string,
  change: (current: Integration) => Partial<Pick<Integration, 'name' | 'platform' | 'deletedAt'>>,
): Promise<Integration> {
  const updatedAt = deps.clock();
  return runUnitOfWork(deps.db, async (unit) => {
    const current = await deps.integrations.findIn(unit, accountId, integrationId);
    if (!current) throw notFound('integration');
    const fields = { ...change(current), updatedAt };
    deps.integrations.updateIn(unit, current, fields);
    return { ...current, ...fields };
  });
}
