import { syncSubscription } from '../../../src/sales/subscriptions/syncSubscription.ts';
import { withMethod } from '../../support/crash.ts';
import { suiteDeps } from '../../support/functionsTest.ts';
import { readLedger } from '../../support/ledger.ts';
import { DAY_SECONDS, Subscriber } from '../../support/subscriptions.ts';
import { database } from '../../support/suite.ts';
import { withPorts } from '../../support/withPorts.ts';

it('leaves credited invoices alone, however many there are', async () => {
  const subscriber = await Subscriber.create();
  const id = (await subscriber.subscribe()).expect(201).data.subscriptionId as string;
  for (let month = 0; month < 3; month += 1) await subscriber.advance(31 * DAY_SECONDS);
  const { orderId, providerSubscriptionId } = (await database().doc(`subscriptions/${id}`).get()).data() ?? {};
  const before = await readLedger(subscriber.person.accountId, id);
  expect(before.filter(({ kind }) => kind === 'grant')).toHaveLength(4);
  const deps = suiteDeps();
  const lookedAt: string[] = [];
  const askedAbout: string[] = [];
  const orders = withMethod(deps.orders, 'findIn', ((unit: never, wanted: string) => {
    lookedAt.push(wanted);
    return deps.orders.findIn(unit, wanted);
  }) as never);
  const { refunds } = deps.providers.stripe;
  const asking = withMethod(refunds, 'fetchReversal', ((paymentId: string) => {
    askedAbout.push(paymentId);
    return refunds.fetchReversal(paymentId);
  }) as never);
  const reference = { subscriptionId: id, providerSubscriptionId };
  const providers = withPorts(deps.providers, 'stripe', { refunds: asking });
  const { subscription } = await syncSubscription({ ...deps, orders, providers }, reference, null);
  expect(subscription?.status).toBe('active');
  // The end of the first order is decided together with the subscription's.
  expect(lookedAt).toEqual([orderId]);
  expect(askedAbout).toEqual([]);
  expect(await readLedger(subscriber.person.accountId, id)).toEqual(before);
});
