import { derivedId, type IsoTime, randomId, requestHash } from '@cloud-bridge/base';
import { type CreditCommand, TEST_WALLET_ID, type WalletAddress } from '@cloud-bridge/ledger';

/** Credits of a test wallet: enough to try everything. Test credits cost nothing and buy nothing. */
const TEST_CREDITS = 10_000;

/** Returns the single grant that fills an account's test wallet; submitting the grant again changes nothing. */
export function testWalletGrant(accountId: string, now: IsoTime): [WalletAddress, CreditCommand] {
  const command: CreditCommand = {
    type: 'grant',
    entryId: derivedId('grt', accountId, 'test wallet'),
    commandId: randomId('cmd'),
    requestHash: requestHash('test wallet'),
    now,
    amountCredits: TEST_CREDITS,
    source: 'grant',
    expiresAt: null,
    description: 'Test credits',
  };
  return [{ accountId, walletId: TEST_WALLET_ID }, command];
}
