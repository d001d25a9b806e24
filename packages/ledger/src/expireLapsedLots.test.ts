import type { IsoTime } from '@cloud-bridge/base';
import type { WalletCommand } from './commands.ts';
import { expireLapsedLots } from './expireLapsedLots.ts';
import type { LedgerNeeds } from './needs.ts';
import { grant, ledgerWith, type MemoryLedger, minute } from './testing/fixtures.ts';

const LAPSING = { source: 'subscription', expiresAt: minute(10) } as const;

/** The needs of the sweeper when this is the only wallet; `seen` is the wallet as its list returns it. */
function depsAt(now: IsoTime, ledger: MemoryLedger, seen = ledger.wallet): LedgerNeeds {
  const wallets = {
    listWalletsWithLapsedLots: async () => (seen.nextExpiryAt !== null && seen.nextExpiryAt <= now ? [seen] : []),
    submit: async (_address: unknown, command: WalletCommand) => ledger.apply(command).result,
  };
  return { wallets, logger: { info() {}, warn() {}, error() {} }, clock: () => now } as unknown as LedgerNeeds;
}

it('lots that are given again with a deadline that was swept are swept again', async () => {
  const ledger = ledgerWith(grant(100, LAPSING));
  expect(await expireLapsedLots(depsAt(minute(11), ledger))).toBe(1);
  ledger.apply(grant(40, { ...LAPSING, type: 'reinstatement', now: minute(12) }));
  expect(await expireLapsedLots(depsAt(minute(15), ledger))).toBe(1);
  expect(ledger.wallet).toMatchObject({ availableCredits: 0, nextExpiryAt: null });
  expect(ledger.wallet.totals.expiredCredits).toBe(140);
});

it('sweepers that saw the same wallet, or an older one, post one end of its lots', async () => {
  const ledger = ledgerWith(grant(100, LAPSING));
  const older = ledger.wallet;
  ledger.apply(grant(5));
  const seen = ledger.wallet;
  expect(await expireLapsedLots(depsAt(minute(11), ledger, seen))).toBe(1);
  expect(await expireLapsedLots(depsAt(minute(11), ledger, seen))).toBe(0);
  expect(await expireLapsedLots(depsAt(minute(11), ledger, older))).toBe(0);
  expect(ledger.posted().map(({ kind }) => kind)).toEqual(['grant', 'grant', 'expiry']);
});
