import { Ledger } from '@cloud-bridge/ledger';
import type { Parts } from '../../../src/main/compose.ts';
import { AccountEventStore } from '../../../src/notices/events/accountEvents.store.ts';
import { eventsOfEntry } from '../../../src/notices/events/eventsOfEntry.ts';
import { IncomingEventStore } from '../../../src/sales/incoming/incomingEvents.store.ts';
import { followReversal } from '../../../src/sales/orders/followReversal.ts';
import { OrderStore } from '../../../src/sales/orders/orders.store.ts';
import type { ReversalTruth } from '../../../src/sales/payments/refundProvider.ts';
import { auditWallet, readLedger } from '../../support/ledger.ts';
import { newPerson } from '../../support/people.ts';
import { orderAnd, orderOf } from '../../support/stripeControl.ts';
import { database } from '../../support/suite.ts';

/** Needs for following a payment, with a provider whose answers the test decides. */
function depsWith(fetchReversal: () => Promise<ReversalTruth>): Parts {
  const db = database();
  return {
    accountEvents: new AccountEventStore(db),
    db,
    clock: () => new Date().toISOString(),
    orders: new OrderStore(db),
    incomingEvents: new IncomingEventStore(db),
    wallets: new Ledger(db, { alsoCreate: eventsOfEntry }),
    providers: { stripe: { refunds: { fetchReversal } } },
  } as unknown as Parts;
}

/** A promise and the function that resolves it. */
function gate(): { passed: Promise<void>; open: () => void } {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

it('does not undo a newer answer of the provider with an older answer that is written later', async () => {
  const person = await newPerson();
  const { orderId } = await orderAnd(person, 'pay');
  const { paymentId } = await orderOf(person, orderId);
  const truth = (disputedAmountMinor: number): ReversalTruth => ({
    paymentId,
    amountMinor: 999,
    refundedAmountMinor: 0,
    disputedAmountMinor,
    refundableAmountMinor: 999 - disputedAmountMinor,
    isDivisible: true,
  });
  const [asked, overtaken] = [gate(), gate()];
  const answers = [truth(999), truth(0)];
  const slow = followReversal(
    depsWith(async () => {
      const answer = answers.shift() ?? truth(0);
      asked.open();
      await overtaken.passed;
      return answer;
    }),
    paymentId,
    null,
  );
  await asked.passed;
  // The dispute has been won by now, and another check finds the order up to date.
  await followReversal(
    depsWith(async () => truth(0)),
    paymentId,
    null,
  );
  overtaken.open();
  const { order } = await slow;
  expect(order).toMatchObject({ status: 'paid', reversal: { revokedCredits: 0, version: 2 } });
  expect(await readLedger(person.accountId)).toHaveLength(1);
  expect((await auditWallet(person.accountId)).availableCredits).toBe(100);
});

it('posts a reversal once when many find it at once', async () => {
  const person = await newPerson();
  const { orderId } = await orderAnd(person, 'pay');
  const { paymentId } = await orderOf(person, orderId);
  const truth = { paymentId, amountMinor: 999, refundedAmountMinor: 500, disputedAmountMinor: 0 };
  const deps = depsWith(async () => ({ ...truth, refundableAmountMinor: 499, isDivisible: true }));
  await Promise.all(Array.from({ length: 12 }, () => followReversal(deps, paymentId, null)));
  expect(await readLedger(person.accountId)).toMatchObject([
    { kind: 'purchase' },
    { kind: 'revocation', amountCredits: -50 },
  ]);
  expect((await auditWallet(person.accountId)).availableCredits).toBe(50);
  expect(await orderOf(person, orderId)).toMatchObject({ status: 'partially_refunded', revokedCredits: 50 });
});
