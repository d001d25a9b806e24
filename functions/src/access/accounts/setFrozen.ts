import { runUnitOfWork } from '@cloud-bridge/base';
import { notFound } from '../../platform/errors/refusal.ts';
import { asRecorded, isOfEarlierRequest, mustRecord, type OperatorRequest } from '../auditLog/auditLog.ts';
import type { Account } from './account.ts';
import { accountIsDeleted } from './accounts.errors.ts';
import type { AccountsNeeds } from './needs.ts';

/**
 * Freezes an account for an operator, or lifts that freeze; every instance applies the change within five seconds.
 * A freeze because of the owner isn't changed. Repeating the request changes nothing, and with the same
 * Idempotency-Key returns the first answer, even after later changes.
 * @throws ACCOUNT_NOT_FOUND, ACCOUNT_DELETED, IDEMPOTENCY_KEY_REUSED
 */
export async function setFrozen(
  deps: AccountsNeeds,
  operator: OperatorRequest,
  accountId: string,
  isFrozen: boolean,
  reason: string | null,
): Promise<{ account: Account; replayed: boolean }> {
  const now = deps.clock();
  const outcome = await runUnitOfWork(deps.db, async (unit) => {
    const before = await deps.accounts.findIn(unit, accountId);
    if (!before) throw notFound('ACCOUNT_NOT_FOUND');
    const record = await deps.auditLog.findIn(unit, operator);
    if (record) return { account: asRecorded(before, record), replayed: isOfEarlierRequest(record, operator) };
    if (before.deletedAt) throw accountIsDeleted();
    const { frozenAt: frozenBefore = null, frozenReason: reasonBefore = null } = before;
    const hasChanged = isFrozen !== (frozenBefore !== null);
    const result = hasChanged
      ? { frozenAt: isFrozen ? now : null, frozenReason: isFrozen ? reason : null }
      : { frozenAt: frozenBefore, frozenReason: reasonBefore };
    if (hasChanged) deps.accounts.changeIn(unit, accountId, result);
    if (mustRecord(operator, hasChanged)) {
      const states = { before: { frozenAt: frozenBefore }, after: { frozenAt: result.frozenAt } };
      deps.auditLog.recordIn(unit, operator, { targetId: accountId, accountId, ...states, reason, result }, now);
    }
    return { account: { ...before, ...result }, replayed: false };
  });
  deps.accounts.forget(accountId);
  return outcome;
}
