import { runUnitOfWork } from '@cloud-bridge/base';
import { notFound } from '../../platform/errors/refusal.ts';
import type { Integration } from './integration.ts';
import type { IntegrationsNeeds } from './needs.ts';

/**
 * Changes an integration in a unit of work, and sets its `updatedAt`.
 * @param change gets the present integration and returns the changed fields; may throw to refuse
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
