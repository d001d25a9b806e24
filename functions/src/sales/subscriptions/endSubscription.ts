import { derivedId, randomId, requestHash } from '@cloud-bridge/base';
import { revokeKeysOfWallet } from '../../access/apiKeys/revokeKeysOfWallet.ts';
import { hasCode } from '../../platform/errors/refusal.ts';
import type { SubscriptionsNeeds } from './needs.ts';
import type { Subscription } from './subscription.ts';

/**
 * Ends a subscription: closes its wallet, then revokes its keys. In this order, a key that is created meanwhile either
 * finds the wallet closed or is revoked. The account's other wallets stay as they are. Repeating the call changes
 * nothing.
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
