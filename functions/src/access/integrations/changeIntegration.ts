import { runUnitOfWork } from '@cloud-bridge/base';
import { notFound } from '../../platform/errors/refusal.ts';
import type { Integration } from './integration.ts';
import type { IntegrationsNeeds } from './needs.ts';

/**
 * Changes an integration as it is at the time of the commit.
 * @throws INTEGRATION_NOT_FOUND, and what `change` throws
 */
export function changeIntegration(
  deps: IntegrationsNeeds,
  accountId: string,
  integrationId: string,
  change: (current: Integration) => Partial<Pick<Integration, 'name' | 'platform' | 'deletedAt'>>,
): Promise<Integration> {
  const updatedAt = deps.clock();
  return runUnitOfWork(deps.db, async (unit) => {
    const current = await deps.integrations.findIn(unit, accountId, integrationId);
    if (!current) throw notFound('INTEGRATION_NOT_FOUND');
    const fields = { ...change(current), updatedAt };
    deps.integrations.updateIn(unit, current, fields);
    return { ...current, ...fields };
  });
}
