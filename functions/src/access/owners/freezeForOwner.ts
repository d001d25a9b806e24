import { runUnitOfWork } from '@cloud-bridge/base';
import type { OwnerBlock } from '../accounts/users.ts';
import type { OwnersNeeds } from './needs.ts';

/**
 * Freezes an account because its owner was disabled or deleted in Firebase Auth, or lifts that freeze (null). Doesn't
 * touch a freeze by an operator, which is independent. Repeating the call changes nothing. Returns true for a change.
 */
export async function freezeForOwner(deps: OwnersNeeds, accountId: string, block: OwnerBlock | null): Promise<boolean> {
  const now = deps.clock();
  const isChanged = await runUnitOfWork(deps.db, async (unit) => {
    const account = await deps.accounts.findIn(unit, accountId);
    // Nobody can act for a deleted account, and the deletion removes its user.
    if (!account || account.deletedAt || (account.ownerBlock ?? null) === block) return false;
    const ownerBlockedAt = block && (account.ownerBlockedAt ?? now);
    deps.accounts.changeIn(unit, accountId, { ownerBlockedAt, ownerBlock: block });
    return true;
  });
  if (!isChanged) return false;
  deps.accounts.forget(accountId);
  deps.logger.info(block ? 'account frozen because of its owner' : 'freeze because of the owner lifted', {
    accountId,
    block,
  });
  return true;
}
