import { emptyWallet, type Wallet } from '@cloud-bridge/ledger';
import { walletsKeeper } from './walletsKeeper.ts';

const NOW = '2026-01-01T00:00:00.000Z';

function blockersWith(...held: readonly Wallet[]) {
  const wallets = {
    listIds: async () => held.map(({ id }) => id),
    read: async ({ walletId }: { walletId: string }) => held.find(({ id }) => id === walletId),
  };
  const needs = { wallets, clock: () => NOW } as unknown as Parameters<typeof walletsKeeper>[0];
  return walletsKeeper(needs).blockers('a');
}

it('wallets without held credits do not block a deletion', async () => {
  expect(await blockersWith(emptyWallet('a', 'main', NOW))).toEqual([]);
});

it('held credits in any wallet block a deletion', async () => {
  const wallet = { ...emptyWallet('a', 'sub', NOW), heldCredits: 5 };
  expect(await blockersWith(emptyWallet('a', 'main', NOW), wallet)).toEqual([
    { kind: 'holds', walletId: 'sub', heldCredits: 5 },
  ]);
});
