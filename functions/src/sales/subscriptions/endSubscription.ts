import { derivedId, randomId, requestHash } from '@cloud-bridge/base';
import { revokeKeysOfWallet } from '../../access/apiKeys/revokeKeysOfWallet.ts';
import { hasCode } from '../../platform/errors/refusal.ts';
import type { SubscriptionsNeeds } from './needs.ts';
import type { Subscription } from './subscription.ts';

/**
 * What the end of a subscription means: its wallet is closed, then its keys are revoked. In this order, so that a key
 * that is made meanwhile finds either the wallet closed or itself revoked. The account's other wallets are untouched.
 * Doing it again changes nothing.
 * @throws WALLET_BUSY
 */
export async function endSubscription(deps: SubscriptionsNeeds, { id, accountId }: Subscription): Promise<void> {
  const seen = ['close', id];
  try {
    await deps.wallets.submit(
      { accountId, walletId: id },
      {
        type: 'close',
        entryId: derivedId('txn', ...seen),
        commandId: randomId('cmd'),
        requestHash: requestHash(seen),
        now: deps.clock(),
      },
    );
  } catch (error) {
    if (!hasCode(error, 'WALLET_CLOSED')) throw error;
  }
  await revokeKeysOfWallet(deps, accountId, id);
}
