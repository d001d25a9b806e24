import { AppError } from '@cloud-bridge/base';
import {
  chargeNotHeld,
  emptyWallet,
  InsufficientCredits,
  submitWithLapsedHolds,
  type WalletCommand,
} from '@cloud-bridge/ledger';
import { charge, minute } from '@cloud-bridge/ledger/testing';
import type { Caller } from '../../platform/http/caller.ts';
import type { ChargesNeeds } from './needs.ts';
import { settleCharge } from './settleCharge.ts';

const ADDRESS = { accountId: 'alice', walletId: 'main' };
const CALLER: Caller = { kind: 'account', accountId: 'alice', via: 'idToken', isAdmin: false };
const OUTAGE = new AppError('WALLET_BUSY', 'Try again.');

/** A wallet that rejects a command with `first`, and fails to expire holds. */
function depsWith(first: Error) {
  const logged: string[] = [];
  const wallets = {
    remembersHold: () => true,
    submit: (_address: unknown, command: WalletCommand) =>
      Promise.reject(command.type === 'expireHold' ? OUTAGE : first),
    listLapsedHolds: async () => [{ ...ADDRESS, id: 'txn_lapsed' }],
  };
  const logger = { info() {}, warn() {}, error: (message: string) => void logged.push(message) };
  return {
    deps: { wallets, logger, lowBalances: { notice() {} }, clock: () => minute(5) } as unknown as ChargesNeeds,
    logged,
  };
}

it.each([
  ['capture', { type: 'capture', amountCredits: null }],
  ['release', { type: 'release' }],
] as const)(
  'a %s of a lapsed hold is refused as not held even when the hold cannot be expired now',
  async (_name, settlement) => {
    const { deps, logged } = depsWith(chargeNotHeld('expired'));
    const attempt = settleCharge(deps, CALLER, 'txn_lapsed', settlement, { key: null, requestHash: 'hash' });
    await expect(attempt).rejects.toMatchObject({ code: 'CHARGE_NOT_HELD', details: { status: 'expired' } });
    expect(logged).toContain('lapsed hold could not be expired');
  },
);

it('a charge that is not covered is refused as such even when lapsed holds cannot be expired now', async () => {
  const wallet = { ...emptyWallet('alice', 'main', minute(0)), heldCredits: 10 };
  const { deps, logged } = depsWith(new InsufficientCredits(10, wallet));
  await expect(submitWithLapsedHolds(deps, ADDRESS, charge(10))).rejects.toMatchObject({
    code: 'INSUFFICIENT_CREDITS',
  });
  expect(logged).toContain('lapsed holds could not be expired');
});
