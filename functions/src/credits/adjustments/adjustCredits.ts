import { derivedId, randomId, runUnitOfWork } from '@cloud-bridge/base';
import { type AdjustCommand, type CommandResult, MAIN_WALLET_ID, TEST_WALLET_ID } from '@cloud-bridge/ledger';
import { accountIsDeleted } from '../../access/accounts/accounts.errors.ts';
import type { OperatorRequest } from '../../access/auditLog/auditLog.ts';
import { notFound } from '../../platform/errors/refusal.ts';
import type { AdjustCreditsRequest } from './adjustments.schemas.ts';
import type { AdjustmentsNeeds } from './needs.ts';

/** Wallets that every account has, even before their first entry. */
const OF_EVERY_ACCOUNT: readonly string[] = [MAIN_WALLET_ID, TEST_WALLET_ID];

/**
 * Adds credits to a wallet or takes available credits. One commit writes the entry and its record in the audit log.
 * @throws INSUFFICIENT_CREDITS, ACCOUNT_NOT_FOUND, WALLET_NOT_FOUND, ACCOUNT_DELETED, WALLET_CLOSED, WALLET_FULL,
 * IDEMPOTENCY_KEY_REUSED
 */
export async function adjustCredits(
  deps: AdjustmentsNeeds,
  operator: OperatorRequest,
  request: AdjustCreditsRequest,
): Promise<CommandResult<AdjustCommand>> {
  const { accountId, walletId, amountCredits, reason } = request;
  const now = deps.clock();
  const address = { accountId, walletId };
  const ids = { entryId: derivedId('adj', operator.auditId), commandId: randomId('cmd') };
  const command = { ...ids, type: 'adjustment', requestHash: operator.requestHash, now } as const;
  await assertExists(deps, address);
  return runUnitOfWork(deps.db, async (unit) => {
    await deps.auditLog.findIn(unit, operator);
    const staged = await deps.wallets.stageIn(unit, address, { ...command, amountCredits, description: reason });
    if (staged.isNew) {
      const { entry } = staged.result;
      const after = { availableCredits: entry.balanceAfterCredits };
      const before = { availableCredits: entry.balanceAfterCredits - entry.amountCredits };
      staged.write();
      const change = { targetId: `${accountId}/${walletId}`, accountId, before, after, reason };
      deps.auditLog.recordIn(unit, operator, change, now);
    }
    return staged.result;
  });
}

async function assertExists(deps: AdjustmentsNeeds, address: { accountId: string; walletId: string }): Promise<void> {
  const account = await deps.accounts.find(address.accountId);
  if (!account) throw notFound('ACCOUNT_NOT_FOUND');
  if (account.deletedAt) throw accountIsDeleted();
  const exists = OF_EVERY_ACCOUNT.includes(address.walletId) || (await deps.wallets.exists(address));
  if (!exists) throw notFound('WALLET_NOT_FOUND');
}
