import { ERASED_AT_ONCE, stepAfter, timeOfStep } from '../../platform/accountData/erasures.ts';
import type { Keeper } from '../../platform/accountData/keeper.ts';
import { timed, timeOf } from '../../platform/accountData/sections.ts';
import type { AuditLogNeeds } from './needs.ts';

/** Creates the keeper of the audit log: exports the records about an account, and erases their reasons. */
export function auditLogKeeper({ auditLog }: AuditLogNeeds) {
  return {
    sections: {
      operatorActions: async (accountId, limit, after) => {
        const records = await auditLog.list({ accountId, limit, after: timeOf(after) });
        const { after: following } = timed(records, limit);
        return {
          records: records.map(({ actorId: _actor, requestHash: _hash, ...record }) => record),
          after: following,
        };
      },
    },
    erasures: {
      // An operator's reason may name the owner of the account.
      auditLog: async ({ id: accountId }, after) => {
        const page = await auditLog.list({ accountId, limit: ERASED_AT_ONCE, after: timeOfStep(after) });
        await auditLog.eraseReasons(page);
        return stepAfter(page, ERASED_AT_ONCE);
      },
    },
  } satisfies Keeper;
}
