import { AppError } from '@cloud-bridge/base';
import fc from 'fast-check';
import type { WalletCommand } from './commands.ts';
import {
  adjust,
  capture,
  charge,
  close,
  expireHold,
  extend,
  grant,
  hold,
  ledgerWith,
  MemoryLedger,
  minute,
  purchase,
  refusalOf,
  release,
  revoke,
} from './testing/fixtures.ts';
import { applyEntry, emptyWallet, isBalanced, type Wallet } from './wallet.ts';

describe('charges', () => {
  it('take their price from the balance', () => {
    const ledger = ledgerWith(grant(100), charge(30));
    expect(ledger.wallet).toMatchObject({ availableCredits: 70, heldCredits: 0, totals: { consumedCredits: 30 } });
  });

  it('are refused with the three figures when the balance does not cover them, and leave it alone', () => {
    const ledger = ledgerWith(grant(10), hold(6));
    expect(refusalOf(() => ledger.apply(charge(5)))).toMatchObject({
      code: 'INSUFFICIENT_CREDITS',
      details: { requiredCredits: 5, availableCredits: 4, heldCredits: 6 },
    });
    expect(ledger.wallet.availableCredits).toBe(4);
  });

  it('may use the last credit', () => {
    expect(ledgerWith(grant(10), charge(10)).wallet.availableCredits).toBe(0);
  });

  it('that cost nothing run at zero and are in the ledger', () => {
    const ledger = ledgerWith(charge(0));
    expect(ledger.posted()).toMatchObject([{ kind: 'charge', amountCredits: 0, balanceAfterCredits: 0 }]);
  });

  it('burn credits that expire first, then given credits, then paid credits', () => {
    const ledger = ledgerWith(purchase(10), grant(10), grant(10, { expiresAt: minute(60) }));
    ledger.apply(charge(15));
    expect(ledger.wallet.lots.map((lot) => [lot.source, lot.expiresAt, lot.remainingCredits])).toEqual([
      ['grant', null, 5],
      ['purchase', null, 10],
    ]);
  });

  it('never take from a lot at or after its deadline, and post what has lapsed', () => {
    const ledger = ledgerWith(grant(10, { expiresAt: minute(5) }));
    expect(refusalOf(() => ledger.apply(charge(1, { now: minute(5) })))).toMatchObject({
      code: 'INSUFFICIENT_CREDITS',
    });
    ledger.apply(charge(0, { now: minute(5) }));
    expect(ledger.posted().map((entry) => [entry.kind, entry.amountCredits])).toEqual([
      ['grant', 10],
      ['expiry', -10],
      ['charge', 0],
    ]);
    expect(ledger.wallet.totals.expiredCredits).toBe(10);
  });

  it('may take from a lot until just before its deadline', () => {
    const ledger = ledgerWith(grant(10, { expiresAt: minute(5) }));
    expect(ledger.apply(charge(10, { now: minute(4) })).wallet.availableCredits).toBe(0);
  });
});

describe('replays', () => {
  it('give the first result and change nothing', () => {
    const ledger = ledgerWith(grant(100));
    const command = charge(30);
    const first = ledger.apply(command).result;
    const again = ledger.apply({ ...command, commandId: 'another try' });
    expect(again.result).toMatchObject({ entry: first.entry, replayed: true });
    expect(again.created).toEqual([]);
    expect(ledger.wallet.availableCredits).toBe(70);
  });

  it('of the same attempt are not reported as replays', () => {
    const ledger = ledgerWith(grant(100));
    const command = charge(30);
    ledger.apply(command);
    expect(ledger.apply(command).result.replayed).toBe(false);
  });

  it('with another request are refused', () => {
    const ledger = ledgerWith(grant(100));
    const command = charge(30);
    ledger.apply(command);
    expect(refusalOf(() => ledger.apply({ ...command, requestHash: 'other' }))).toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
  });
});

describe('holds', () => {
  it('set credits aside until they are captured', () => {
    const ledger = ledgerWith(grant(100));
    const { id } = ledger.apply(hold(30)).result.entry;
    expect(ledger.wallet).toMatchObject({ availableCredits: 70, heldCredits: 30 });
    ledger.apply(capture(id, null));
    expect(ledger.wallet).toMatchObject({ availableCredits: 70, heldCredits: 0, totals: { consumedCredits: 30 } });
  });

  it('return the rest of a partial capture to the lots that it came from', () => {
    const ledger = ledgerWith(purchase(10), grant(10));
    const { id } = ledger.apply(hold(15)).result.entry;
    ledger.apply(capture(id, 4));
    expect(ledger.wallet.lots.map((lot) => [lot.source, lot.remainingCredits])).toEqual([
      ['grant', 6],
      ['purchase', 10],
    ]);
    expect(ledger.wallet.totals.consumedCredits).toBe(4);
  });

  it('can be captured above their amount while the balance covers it', () => {
    const ledger = ledgerWith(grant(20));
    const { id } = ledger.apply(hold(15)).result.entry;
    ledger.apply(capture(id, 20));
    expect(ledger.wallet).toMatchObject({ availableCredits: 0, heldCredits: 0, totals: { consumedCredits: 20 } });
  });

  it('stay when a capture above their amount is not covered', () => {
    const ledger = ledgerWith(grant(20));
    const { id } = ledger.apply(hold(15)).result.entry;
    expect(refusalOf(() => ledger.apply(capture(id, 21)))).toMatchObject({ code: 'INSUFFICIENT_CREDITS' });
    expect(ledger.wallet).toMatchObject({ availableCredits: 5, heldCredits: 15 });
  });

  it('return in full when they are released', () => {
    const ledger = ledgerWith(grant(20));
    const { id } = ledger.apply(hold(15)).result.entry;
    ledger.apply(release(id));
    expect(ledger.wallet).toMatchObject({ availableCredits: 20, heldCredits: 0, totals: { consumedCredits: 0 } });
  });

  it.each([
    ['captured', (id: string) => capture(id, null)],
    ['released', (id: string) => release(id)],
  ])('that are %s end there', (status, settle) => {
    const ledger = ledgerWith(grant(20));
    const { id } = ledger.apply(hold(15)).result.entry;
    ledger.apply(settle(id));
    const before = ledger.wallet;
    for (const command of [capture(id, null), release(id), extend(id, minute(50)), expireHold(id, minute(60))]) {
      expect(refusalOf(() => ledger.apply(command))).toMatchObject({ code: 'CHARGE_NOT_HELD', details: { status } });
    }
    expect(ledger.wallet).toBe(before);
  });

  it('can neither be captured nor released nor extended from their deadline on', () => {
    const ledger = ledgerWith(grant(20));
    const { id } = ledger.apply(hold(15)).result.entry;
    for (const command of [
      capture(id, null, minute(30)),
      release(id, minute(30)),
      extend(id, minute(99), minute(30)),
    ]) {
      expect(refusalOf(() => ledger.apply(command))).toMatchObject({ details: { status: 'expired' } });
    }
    ledger.apply(expireHold(id, minute(30)));
    expect(ledger.wallet).toMatchObject({ availableCredits: 20, heldCredits: 0 });
    expect(ledger.entries.get(id)?.charge?.status).toBe('expired');
  });

  it('of a delivery are settled by it alone, and expire as others do', () => {
    const ledger = ledgerWith(grant(20));
    const deliveryId = 'dlv_1';
    const { id } = ledger.apply(hold(5, { deliveryId })).result.entry;
    for (const command of [capture(id, null), release(id), extend(id, minute(50))]) {
      for (const other of [command, { ...command, deliveryId: 'dlv_2' }]) {
        expect(refusalOf(() => ledger.apply(other))).toMatchObject({ code: 'CHARGE_OF_DELIVERY' });
      }
    }
    expect(ledger.apply({ ...capture(id, null), deliveryId }).result.entry).toMatchObject({
      consumedCredits: 5,
      deliveryId,
    });
    const { id: lapsedId } = ledger.apply(hold(5, { deliveryId })).result.entry;
    expect(ledger.apply(expireHold(lapsedId, minute(31))).result.entry.kind).toBe('hold_expiry');
  });

  it('without a delivery are not settled by a delivery', () => {
    const ledger = ledgerWith(grant(20));
    const { id } = ledger.apply(hold(5)).result.entry;
    const refusal = refusalOf(() => ledger.apply({ ...capture(id, null), deliveryId: 'dlv_1' }));
    expect(refusal).toMatchObject({ code: 'CHARGE_OF_DELIVERY' });
  });

  it('do not expire before their deadline', () => {
    const ledger = ledgerWith(grant(20));
    const { id } = ledger.apply(hold(15)).result.entry;
    expect(refusalOf(() => ledger.apply(expireHold(id, minute(29))))).toMatchObject({ code: 'CHARGE_NOT_HELD' });
  });

  it('last as long as they were extended, and never shorter', () => {
    const ledger = ledgerWith(grant(20));
    const { id } = ledger.apply(hold(15)).result.entry;
    ledger.apply(extend(id, minute(45)));
    ledger.apply(extend(id, minute(10)));
    expect(ledger.entries.get(id)).toMatchObject({
      openHoldExpiresAt: minute(45),
      charge: { holdExpiresAt: minute(45) },
    });
    ledger.apply(capture(id, null, minute(44)));
    expect(ledger.wallet.heldCredits).toBe(0);
  });

  it('let credits expire whose lot has lapsed meanwhile', () => {
    const ledger = ledgerWith(grant(10, { expiresAt: minute(5) }), grant(10));
    const { id } = ledger.apply(hold(15, { now: minute(1) })).result.entry;
    ledger.apply(release(id, minute(6)));
    expect(ledger.wallet).toMatchObject({ availableCredits: 10, heldCredits: 0, totals: { expiredCredits: 10 } });
  });

  it("of another API key are as if they didn't exist", () => {
    const ledger = ledgerWith(grant(20));
    const { id } = ledger.apply(hold(15, { apiKeyId: 'key_1' })).result.entry;
    expect(refusalOf(() => ledger.apply({ ...release(id), apiKeyId: 'key_2' }))).toMatchObject({
      code: 'CHARGE_NOT_FOUND',
    });
    expect(refusalOf(() => ledger.apply(release('txn_unknown')))).toMatchObject({ code: 'CHARGE_NOT_FOUND' });
  });
});

describe('new credits', () => {
  it('pay debt first', () => {
    const ledger = new MemoryLedger();
    ledger.wallet = { ...ledger.wallet, debtCredits: 40, availableCredits: -40 } satisfies Wallet;
    ledger.apply(purchase(100));
    expect(ledger.wallet).toMatchObject({ debtCredits: 0, availableCredits: 60 });
    expect(ledger.wallet.lots).toMatchObject([{ remainingCredits: 60 }]);
  });

  it('of one source and expiry are one lot, however many there are', () => {
    const ledger = ledgerWith(...Array.from({ length: 100 }, () => purchase(5)));
    expect(ledger.wallet.lots).toHaveLength(1);
  });
});

describe('a reinstatement', () => {
  const promotion = { source: 'promotion', priority: 20, expiresAt: minute(30) } as const;
  const back = (returned: number, amountCredits: number, now: string) =>
    grant(amountCredits, {
      type: 'reinstatement',
      source: 'purchase',
      now,
      returned: [{ ...promotion, deltaCredits: returned }],
    });

  it('gives credits back to the lots that they were taken from, and the rest to its own source', () => {
    const ledger = ledgerWith(back(30, 50, minute(5)));
    expect(ledger.wallet.lots).toMatchObject([
      { source: 'promotion', remainingCredits: 30, expiresAt: minute(30) },
      { source: 'purchase', remainingCredits: 20, expiresAt: null },
    ]);
    expect(ledger.wallet.totals.reinstatedCredits).toBe(50);
  });

  it('does not return credits that would have lapsed meanwhile', () => {
    const ledger = ledgerWith(back(30, 50, minute(30)));
    expect(ledger.wallet).toMatchObject({ availableCredits: 20, totals: { reinstatedCredits: 20, expiredCredits: 0 } });
    expect(isBalanced(ledger.wallet)).toBe(true);
  });

  it('of more to lots than in all is an error', () => {
    expect(() => ledgerWith(back(60, 50, minute(5)))).toThrow(RangeError);
  });
});

it('the ledger never runs backwards, whatever the clocks of instances say', () => {
  const ledger = ledgerWith(grant(10, { now: minute(9) }), charge(1, { now: minute(3) }));
  expect(ledger.posted().map((entry) => entry.createdAt)).toEqual([minute(9), minute(9)]);
});

describe('any history', () => {
  interface Step {
    readonly kind: string;
    readonly amount: number;
    readonly target: number;
    readonly time: number;
  }
  const step: fc.Arbitrary<Step> = fc.record({
    kind: fc.constantFrom(
      'purchase',
      'grant',
      'grantExpiring',
      'charge',
      'hold',
      'capture',
      'release',
      'expireHold',
      'extend',
    ),
    amount: fc.nat(50),
    target: fc.nat(20),
    time: fc.nat(120),
  });

  function commandFor(step: Step, holds: readonly string[]): WalletCommand {
    const { amount } = step;
    const now = minute(step.time);
    const id = holds[step.target % Math.max(1, holds.length)] ?? 'none';
    switch (step.kind) {
      case 'purchase':
        return purchase(amount, { now });
      case 'grant':
        return grant(amount, { now });
      case 'grantExpiring':
        return grant(amount, { now, expiresAt: minute(step.time + step.target) });
      case 'charge':
        return charge(amount, { now });
      case 'hold':
        return hold(amount, { now, hold: { expiresAt: minute(step.time + step.target + 1) } });
      case 'capture':
        return capture(id, step.target % 2 ? amount : null, now);
      case 'release':
        return release(id, now);
      case 'expireHold':
        return expireHold(id, now);
      default:
        return extend(id, minute(step.time + amount), now);
    }
  }

  function run(steps: readonly Step[]): MemoryLedger {
    const ledger = new MemoryLedger();
    const holds: string[] = [];
    for (const step of steps) {
      try {
        const { entry } = ledger.apply(commandFor(step, holds)).result;
        if (entry.kind === 'hold') holds.push(entry.id);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
      }
    }
    return ledger;
  }

  const check = (property: (ledger: MemoryLedger) => void) =>
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => property(run(steps))),
      { numRuns: 500 },
    );

  it('balances: everything that came in is there or accounted for', () =>
    check(({ wallet }) => expect(isBalanced(wallet)).toBe(true)));

  it('never leaves a negative balance', () =>
    check(({ wallet }) => expect(wallet.availableCredits).toBeGreaterThanOrEqual(0)));

  it('can be rebuilt from its entries alone', () =>
    check((ledger) => {
      expect(ledger.posted().reduce(applyEntry, emptyWallet('alice', 'main', minute(0)))).toEqual(ledger.wallet);
    }));

  it('holds exactly what its open holds are for', () =>
    check((ledger) => {
      const open = ledger.posted().filter((entry) => entry.charge?.status === 'held');
      expect(open.reduce((sum, entry) => sum + (entry.charge?.amountCredits ?? 0), 0)).toBe(ledger.wallet.heldCredits);
    }));

  it('settles every hold once at most', () =>
    check((ledger) => {
      const settled = ledger.posted().filter((entry) => ['capture', 'release', 'hold_expiry'].includes(entry.kind));
      expect(new Set(settled.map((entry) => entry.chargeId)).size).toBe(settled.length);
    }));
});

describe('a wallet that is closed', () => {
  it('has lost its remaining credits, and still adds up', () => {
    const ledger = ledgerWith(grant(100, { expiresAt: minute(60) }), charge(30), close());
    expect(ledger.wallet).toMatchObject({
      availableCredits: 0,
      lots: [],
      closedAt: minute(3),
      totals: { expiredCredits: 70 },
    });
    expect(isBalanced(ledger.wallet)).toBe(true);
    expect(ledger.posted().at(-1)).toMatchObject({ kind: 'closure', amountCredits: -70 });
  });

  it.each([
    ['a charge', charge(0)],
    ['a hold', hold(1)],
    ['a grant', grant(1)],
    ['a purchase', purchase(1)],
    ['another end', close(minute(4))],
    [
      'a correction',
      {
        type: 'adjustment',
        entryId: 'adj',
        commandId: 'adj',
        requestHash: 'adj',
        now: minute(4),
        amountCredits: 1,
        description: '',
      },
    ] as const,
  ])('takes no %s', (_name, command) => {
    const ledger = ledgerWith(grant(10), close());
    const before = ledger.wallet;
    expect(refusalOf(() => ledger.apply(command))).toMatchObject({ code: 'WALLET_CLOSED' });
    expect(ledger.wallet).toBe(before);
  });

  it('lets open holds end; what they give back is gone', () => {
    const held = hold(20);
    const other = hold(10);
    const ledger = ledgerWith(grant(100), held, other, close(), capture(held.entryId, 5), release(other.entryId));
    expect(ledger.wallet).toMatchObject({
      availableCredits: 0,
      heldCredits: 0,
      lots: [],
      totals: { consumedCredits: 5, expiredCredits: 95 },
    });
    expect(isBalanced(ledger.wallet)).toBe(true);
  });

  it('still follows a dispute that takes credits back and gives them again', () => {
    const revocation = { ...grant(40, { now: minute(4) }), type: 'revocation', source: 'grant' } as const;
    const ledger = ledgerWith(grant(100), close(), revocation);
    expect(ledger.wallet.debtCredits).toBe(40);
    ledger.apply(grant(40, { type: 'reinstatement', now: minute(5) }));
    expect(ledger.wallet).toMatchObject({ debtCredits: 0, availableCredits: 0, lots: [] });
  });
});

describe('an instance whose clock is behind', () => {
  it('spends nothing of a lot that had lapsed by the time of the ledger', () => {
    const ledger = ledgerWith(grant(10, { now: minute(0), expiresAt: minute(5) }));
    const { id } = ledger.apply(hold(1, { now: minute(0) })).result.entry;
    // Moves the ledger's time to minute 10 and posts no expiry.
    ledger.apply(extend(id, minute(60), minute(10)));
    expect(refusalOf(() => ledger.apply(charge(3, { now: minute(3) })))).toMatchObject({
      code: 'INSUFFICIENT_CREDITS',
    });
  });

  it('captures no hold whose deadline had come by the time of the ledger', () => {
    const ledger = ledgerWith(grant(10, { now: minute(0) }));
    const { id } = ledger.apply(hold(5, { now: minute(0), hold: { expiresAt: minute(5) } })).result.entry;
    ledger.apply(charge(1, { now: minute(10) }));
    expect(refusalOf(() => ledger.apply(capture(id, null, minute(4))))).toMatchObject({
      code: 'CHARGE_NOT_HELD',
      details: { status: 'expired' },
    });
  });
});

describe('a hold that is made by an instance whose clock is behind', () => {
  it('lasts as long as it was asked for, from the time of the ledger on', () => {
    const ledger = ledgerWith(grant(10, { now: minute(60) }));
    const { entry } = ledger.apply(hold(5, { now: minute(1), hold: { expiresAt: minute(16) } })).result;
    expect(entry).toMatchObject({ createdAt: minute(60), openHoldExpiresAt: minute(75) });
    const extended = ledger.apply(extend(entry.id, minute(30), minute(10))).result;
    expect(extended.hold?.charge?.holdExpiresAt).toBe(minute(80));
    expect(ledger.apply(capture(entry.id, null, minute(2))).result.hold?.charge?.status).toBe('captured');
  });
});

describe('a wallet that has had all the credits that can be counted', () => {
  const MAX = Number.MAX_SAFE_INTEGER;
  const full = { code: 'WALLET_FULL' };

  it('takes no more credits of any kind', () => {
    const ledger = ledgerWith(grant(50), purchase(MAX - 50));
    for (const command of [grant(1), purchase(1), revoke(1), adjust(1)]) {
      expect(refusalOf(() => ledger.apply(command))).toMatchObject(full);
    }
    expect(ledger.apply(adjust(-1)).wallet.availableCredits).toBe(MAX - 1);
  });

  it('still gives back what a hold had set aside', () => {
    const ledger = ledgerWith(grant(50));
    const { id } = ledger.apply(hold(50)).result.entry;
    ledger.apply(purchase(MAX - 50));
    expect(ledger.apply(release(id)).wallet).toMatchObject({ availableCredits: MAX, heldCredits: 0 });
  });

  it('still lets lapse what has lapsed', () => {
    const ledger = ledgerWith(purchase(MAX, { expiresAt: minute(1), now: minute(0) }));
    expect(ledger.apply(charge(0, { now: minute(2) })).wallet.totals.expiredCredits).toBe(MAX);
    expect(refusalOf(() => ledger.apply(grant(1, { now: minute(2) })))).toMatchObject(full);
  });
});

it('a hold of nothing is settled without a -0, which Firestore would store as a float', () => {
  const ledger = ledgerWith(grant(10));
  const { id } = ledger.apply(hold(0)).result.entry;
  const { entry, hold: settled } = ledger.apply(capture(id, -0)).result;
  expect([entry.heldDeltaCredits, entry.consumedCredits, settled?.charge?.capturedCredits]).toEqual([0, 0, 0]);
});
