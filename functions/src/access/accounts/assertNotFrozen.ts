import type { AppError } from '@cloud-bridge/base';
import { refusal } from '../../platform/errors/refusal.ts';
import type { Caller } from '../../platform/http/caller.ts';
import { type AnyRoute, isRefusedWhileFrozen } from '../../platform/http/route.ts';

/** 403: an operator froze the account, or its owner was disabled or deleted in Firebase Auth. */
function accountFrozen(): AppError {
  return refusal('ACCOUNT_FROZEN', 'The account is frozen: it can be read, but cannot spend or buy.');
}

/**
 * Refuses a caller whose account is frozen, unless the route is open to frozen accounts.
 * @throws ACCOUNT_FROZEN
 */
export async function assertNotFrozen(
  accounts: { isFrozen(accountId: string): Promise<boolean> },
  caller: Caller,
  route: AnyRoute,
): Promise<void> {
  if (isRefusedWhileFrozen(route) && (await accounts.isFrozen(caller.accountId))) throw accountFrozen();
}
