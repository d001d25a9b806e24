import { commandIds, type Idempotency } from '@cloud-bridge/base';
import { type CommandResult, type CreditCommand, TEST_WALLET_ID } from '@cloud-bridge/ledger';
import type { AccountCaller } from '../../platform/http/caller.ts';
import type { TestCreditsNeeds } from './needs.ts';
import type { AddTestCreditsRequest } from './testCredits.schemas.ts';

/**
 * Adds credits to the account's test wallet, as a grant. No payment touches that wallet, and the caller can't name
 * another.
 * @throws WALLET_FULL, IDEMPOTENCY_KEY_REUSED
 */
export function addTestCredits(
  deps: TestCreditsNeeds,
  { accountId }: AccountCaller,
  { amountCredits }: AddTestCreditsRequest,
  idempotency: Idempotency,
): Promise<CommandResult<CreditCommand>> {
  const address = { accountId, walletId: TEST_WALLET_ID };
  return deps.wallets.submit(address, {
    type: 'grant',
    ...commandIds(address, idempotency),
    now: deps.clock(),
    amountCredits,
    source: 'grant',
    expiresAt: null,
    description: 'Test credits',
  });
}
