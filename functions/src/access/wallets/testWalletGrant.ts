import { derivedId, type IsoTime, randomId, requestHash } from '@cloud-bridge/base';
import { type CreditCommand, TEST_WALLET_ID, type WalletAddress } from '@cloud-bridge/ledger';

/** Enough to try everything; test credits cost nothing and buy nothing. */
const TEST_CREDITS = 10_000;

/** The one grant with which an account's test wallet begins; repeating it changes nothing. */
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
