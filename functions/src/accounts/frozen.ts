import type { Caller } from '../http/caller.ts';
import type { Route } from '../http/route.ts';
import { AppError } from '../shared/appError.ts';

/** 403: an operator has stopped the account, or its owner was disabled or deleted in Firebase Auth. */
function accountFrozen(): AppError {
  return new AppError(
    403,
    'ACCOUNT_FROZEN',
    'The account is frozen: it can be read, but nothing can be spent or bought.',
  );
}

/**
 * True for what a frozen account may not do: everything that changes something, unless the route says that it only
 * winds things up. Asked of the declaration, so that no new route can be forgotten.
 */
export function isRefusedWhileFrozen({ method, access, allowedWhileFrozen }: Route): boolean {
  return method !== 'get' && (access.to === 'account' || access.to === 'key') && !allowedWhileFrozen;
}

/** Throws 403 when the caller's account is frozen and the route isn't for such. */
export async function assertNotFrozen(
  accounts: { isFrozen(accountId: string): Promise<boolean> },
  caller: Caller,
  route: Route,
): Promise<void> {
  if (isRefusedWhileFrozen(route) && (await accounts.isFrozen(caller.accountId))) throw accountFrozen();
}
