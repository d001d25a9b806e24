import type { OperatorRequest } from '../auditLog/auditLog.ts';
import type { Deps } from '../deps.ts';
import { notFound } from '../shared/appError.ts';
import { runUnitOfWork } from '../shared/unitOfWork.ts';
import type { Account } from './account.ts';
import { accountIsDeleted } from './accounts.errors.ts';

/**
 * Freezes an account, or ends that; repeating it changes nothing. A freeze because of the owner stays as it is. Every
 * instance heeds it within five seconds.
 * Throws 404, 409 `ACCOUNT_DELETED`, 422 (Idempotency-Key used for something else).
 */
export async function setFrozen(
  deps: Deps,
  operator: OperatorRequest,
  accountId: string,
  isFrozen: boolean,
  reason: string | null,
): Promise<Account> {
  const now = deps.clock();
  const account = await runUnitOfWork(deps.db, async (unit) => {
    const before = await deps.accounts.findIn(unit, accountId);
    if (!before) throw notFound('account');
    if (before.deletedAt) throw accountIsDeleted();
    const frozenAt = isFrozen ? (before.frozenAt ?? now) : null;
    // A request that is repeated after a later one doesn't undo that.
    if (await deps.auditLog.findIn(unit, operator)) return before;
    if (frozenAt === (before.frozenAt ?? null)) return before;
    const frozenReason = isFrozen ? reason : null;
    deps.accounts.changeIn(unit, accountId, { frozenAt, frozenReason });
    const states = { before: { frozenAt: before.frozenAt ?? null }, after: { frozenAt } };
    deps.auditLog.recordIn(unit, operator, { targetId: accountId, accountId, ...states, reason }, now);
    return { ...before, frozenAt, frozenReason };
  });
  deps.accounts.forget(accountId);
  return account;
}
