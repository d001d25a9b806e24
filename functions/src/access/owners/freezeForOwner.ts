import { runUnitOfWork } from '@cloud-bridge/base';
import type { OwnerBlock } from '../accounts/users.ts';
import type { OwnersNeeds } from './needs.ts';

/**
 * Freezes an account because its owner was disabled or deleted in Firebase Auth, or ends that freeze (null). An
 * operator's freeze stands beside this one and is left alone. Repeating it changes nothing.
 */
export async function freezeForOwner(deps: OwnersNeeds, accountId: string, block: OwnerBlock | null): Promise<boolean> {
  const now = deps.clock();
  const isChanged = await runUnitOfWork(deps.db, async (unit) => {
    const account = await deps.accounts.findIn(unit, accountId);
    // Nobody acts for a deleted account anyway, and its user goes with it.
    if (!account || account.deletedAt || (account.ownerBlock ?? null) === block) return false;
    const ownerBlockedAt = block && (account.ownerBlockedAt ?? now);
    deps.accounts.changeIn(unit, accountId, { ownerBlockedAt, ownerBlock: block });
    return true;
  });
  if (!isChanged) return false;
  deps.accounts.forget(accountId);
  deps.logger.info(block ? 'account frozen for its owner' : 'freeze for the owner lifted', { accountId, block });
  return true;
}
