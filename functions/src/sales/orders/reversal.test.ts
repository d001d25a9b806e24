import { decide, emptyWallet, isBalanced, type Wallet } from '@cloud-bridge/ledger';
import fc from 'fast-check';
import type { PaymentReversal } from '../payments/refundProvider.ts';
import { pendingOrder } from './order.fixtures.ts';
import { NO_REVERSAL, type PaidOrder } from './order.ts';
import { orderAfterReversal, revocationTarget, withTakenLots } from './reversal.ts';

const NOW = '2026-01-02T00:00:00.000Z';
const payment = { status: 'paid', paymentId: 'pi_1', paidAt: NOW } as const;
const paid = (credits: number): PaidOrder => ({ ...pendingOrder, credits, ...payment });
const truth = (refundedAmountMinor: number, disputedAmountMinor = 0, amountMinor = 999): PaymentReversal => ({
  amountMinor,
  refundedAmountMinor,
  disputedAmountMinor,
});

const creditsArbitrary = fc.integer({ min: 1, max: 1_000_000_000_000 });
const truthArbitrary = fc
  .record({ amountMinor: fc.integer({ min: 1, max: 99_999_999 }), refunded: fc.nat(), disputed: fc.nat() })
  .map(({ amountMinor, refunded, disputed }) =>
    truth(refunded % (amountMinor + 1), disputed % (amountMinor + 1), amountMinor),
  );

describe('the credits to revoke', () => {
  it.each([
    [100, truth(0), 0],
    [100, truth(999), 100],
    [100, truth(0, 999), 100],
    [100, truth(998), 99],
    [100, truth(9), 0],
    [100, truth(10), 1],
    [100, truth(500, 499), 100],
    [100, truth(999, 999), 100],
    [100, truth(0, 0, 0), 0],
    [18_999_050, truth(10_000, 0, 20_000), 9_499_525],
    [9_007_199_254_740_991, truth(99_999_998, 0, 99_999_999), 9_007_199_164_668_997],
  ])('%d credits for %j are %d', (credits, reversal, target) => {
    expect(revocationTarget(credits, reversal)).toBe(target);
  });

  it('are whole, at most the credits bought, all of them for all the money and none for no money', () => {
    fc.assert(
      fc.property(creditsArbitrary, truthArbitrary, (credits, reversal) => {
        const target = revocationTarget(credits, reversal);
        const { amountMinor, refundedAmountMinor, disputedAmountMinor } = reversal;
        const gone = refundedAmountMinor + disputedAmountMinor;
        expect(Number.isSafeInteger(target)).toBe(true);
        expect(target).toBeGreaterThanOrEqual(0);
        expect(target).toBeLessThanOrEqual(credits);
        if (gone === 0) expect(target).toBe(0);
        if (gone >= amountMinor) expect(target).toBe(credits);
        // The credits are at most the money's share, and less than one credit below that share.
        else {
          const exact = BigInt(credits) * BigInt(gone);
          expect(BigInt(target) * BigInt(amountMinor) <= exact).toBe(true);
          expect(BigInt(target + 1) * BigInt(amountMinor) > exact).toBe(true);
        }
      }),
    );
  });

  it('never decrease as more money goes back', () => {
    fc.assert(
      fc.property(creditsArbitrary, truthArbitrary, fc.nat(1_000), (credits, reversal, more) => {
        const further = { ...reversal, refundedAmountMinor: reversal.refundedAmountMinor + more };
        expect(revocationTarget(credits, further)).toBeGreaterThanOrEqual(revocationTarget(credits, reversal));
      }),
    );
  });

  it.each([truth(-1), truth(0, -1), truth(0.5), truth(0, 0, -1)])('throw for invalid amounts: %j', (reversal) => {
    expect(() => revocationTarget(100, reversal)).toThrow(RangeError);
  });
});

it.each([
  ['paid', truth(0)],
  ['partially_refunded', truth(1)],
  ['refunded', truth(999)],
  ['disputed', truth(0, 999)],
  ['disputed', truth(500, 499)],
] as const)('an order has the status %s after %j', (status, reversal) => {
  expect(orderAfterReversal(paid(100), reversal, NOW).order.status).toBe(status);
});

it('every answer of the provider raises the version of the order, even an answer without news', () => {
  const first = orderAfterReversal(paid(100), truth(0), NOW).order;
  const second = orderAfterReversal(first, truth(0), '2026-01-03T00:00:00.000Z').order;
  expect([first.reversal?.version, second.reversal?.version]).toEqual([1, 2]);
  expect(second.updatedAt).toBe(first.updatedAt);
});

/** Applies one answer of the provider to an order and its wallet, as a unit of work does. */
function follow(state: { order: PaidOrder; wallet: Wallet }, reversal: PaymentReversal) {
  const { order, posting } = orderAfterReversal(state.order, reversal, NOW);
  if (posting.kind === 'none') return { order, wallet: state.wallet };
  const common = {
    entryId: `e${order.reversal?.version}`,
    commandId: 'c',
    requestHash: 'h',
    now: NOW,
    amountCredits: posting.amountCredits,
    source: 'purchase' as const,
    description: 'x',
  };
  const command =
    posting.kind === 'revocation'
      ? { type: 'revocation' as const, ...common }
      : { type: 'reinstatement' as const, ...common, expiresAt: null, returned: posting.returned };
  const { wallet, result } = decide({ wallet: state.wallet, entries: new Map() }, command);
  return { order: posting.kind === 'revocation' ? withTakenLots(order, result.entry.lotChanges) : order, wallet };
}

const lotsArbitrary = fc.array(
  fc.record({
    amount: fc.integer({ min: 1, max: 200 }),
    source: fc.constantFrom('purchase' as const, 'grant' as const, 'promotion' as const),
    expiresAt: fc.constantFrom(null, '2027-01-01T00:00:00.000Z', '2028-01-01T00:00:00.000Z'),
  }),
  { maxLength: 6 },
);

it('revoked credits match the latest answer at any time; once no money is reversed, the wallet is as before', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000 }),
      lotsArbitrary,
      fc.nat(2_000),
      fc.array(fc.tuple(fc.nat(999), fc.nat(999)), { maxLength: 8 }),
      (credits, lots, spent, truths) => {
        let wallet = emptyWallet('alice', 'main', NOW);
        for (const [index, { amount, source, expiresAt }] of lots.entries()) {
          const ids = { entryId: `l${index}`, commandId: 'c', requestHash: 'h', now: NOW };
          const command = {
            type: 'grant' as const,
            ...ids,
            amountCredits: amount,
            source,
            expiresAt,
            description: 'x',
          };
          wallet = decide({ wallet, entries: new Map() }, command).wallet;
        }
        const charge = Math.min(spent, wallet.availableCredits);
        const ids = { entryId: 'spent', commandId: 'c', requestHash: 'h', now: NOW, metadata: {}, description: 'x' };
        const spend = {
          type: 'charge' as const,
          ...ids,
          operation: 'x',
          quantity: 1,
          amountCredits: charge,
          hold: null,
        };
        wallet = decide({ wallet, entries: new Map() }, spend).wallet;

        const start = { order: paid(credits), wallet };
        let state = start;
        for (const [refunded, disputed] of truths) {
          state = follow(state, truth(refunded, disputed));
          const { revokedCredits } = state.order.reversal ?? NO_REVERSAL;
          expect(revokedCredits).toBe(revocationTarget(credits, truth(refunded, disputed)));
          expect(state.wallet.availableCredits).toBe(wallet.availableCredits - revokedCredits);
          expect(isBalanced(state.wallet)).toBe(true);
        }
        state = follow(state, truth(0));
        const key = ({ source, expiresAt, remainingCredits }: Wallet['lots'][number]) =>
          `${source} ${expiresAt} ${remainingCredits}`;
        expect(state.wallet.lots.map(key)).toEqual(wallet.lots.map(key));
        expect(state.wallet.debtCredits).toBe(wallet.debtCredits);
        expect(state.order.reversal?.takenLots).toEqual([]);
      },
    ),
  );
});
