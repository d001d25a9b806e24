import type Stripe from 'stripe';
import { send } from '../../support/apiClient.ts';
import { saveCard } from '../../support/cards.ts';
import { startFramework } from '../../support/framework.ts';
import { readLedger } from '../../support/ledger.ts';
import { newPerson, type Person } from '../../support/people.ts';
import {
  allWebhooksDelivered,
  eventOf,
  newEventId,
  onCheckoutPage,
  orderAnd,
  orderOf,
  postEvent,
  stripe,
} from '../../support/stripeControl.ts';
import { database } from '../../support/suite.ts';

let person: Person;
beforeEach(async () => {
  person = await newPerson();
});

/** Returns the invoice that Stripe made for a session's payment. */
async function invoiceOf(sessionId: string): Promise<Stripe.Invoice> {
  const { invoice } = await stripe.checkout.sessions.retrieve(sessionId, { expand: ['invoice'] });
  return invoice as Stripe.Invoice;
}

it('gives a paid pack an invoice and a receipt, whose pages can be opened', async () => {
  const { orderId, sessionId } = await orderAnd(person, 'pay');
  const order = await orderOf(person, orderId);
  const invoice = await invoiceOf(sessionId);
  expect(invoice).toMatchObject({ status: 'paid', total: 999, metadata: { orderId } });
  expect(order).toMatchObject({ invoiceUrl: invoice.hosted_invoice_url, taxAmountMinor: 0 });
  for (const url of [order.invoiceUrl, order.receiptUrl]) {
    const page = await fetch(url);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('$9.99')]);
  }
  const [purchase] = (await person.send('GET', '/billing/history')).expect(200).data;
  expect(purchase).toMatchObject({ invoiceUrl: order.invoiceUrl, receiptUrl: order.receiptUrl });
});

it('gives a top-up on a page an invoice, and a top-up with a saved card a receipt', async () => {
  const topUp = { amount: 20, currency: 'usd' };
  const page = (await person.send('POST', '/billing/topup', { body: { ...topUp, method: 'stripe' } })).expect(201).data;
  await onCheckoutPage(page.url, 'pay');
  await saveCard(person);
  const body = { ...topUp, method: 'stripe_direct' };
  const direct = (await person.send('POST', '/billing/topup', { body })).expect(201).data;
  await allWebhooksDelivered();
  const [onPage, withCard] = [await orderOf(person, page.orderId), await orderOf(person, direct.orderId)];
  expect([onPage.invoiceUrl, onPage.receiptUrl]).toEqual([expect.any(String), expect.any(String)]);
  expect([withCard.invoiceUrl, withCard.receiptUrl]).toEqual([null, expect.any(String)]);
});

it('gives an unpaid order neither invoice nor receipt', async () => {
  const { orderId } = await orderAnd(person, 'delayed');
  expect(await orderOf(person, orderId)).toMatchObject({ invoiceUrl: null, receiptUrl: null, taxAmountMinor: 0 });
});

it('records an invoice that Stripe makes after the order was credited, and does not credit again', async () => {
  const { orderId, sessionId } = await orderAnd(person, 'pay');
  const { invoiceUrl, receiptUrl } = await orderOf(person, orderId);
  const receipt = { invoiceUrl: null, receiptUrl, paidAmountMinor: 999, taxAmountMinor: 0 };
  await database().doc(`orders/${orderId}`).update({ receipt });
  const event = await eventOf('invoice.paid', (await invoiceOf(sessionId)).id);
  (await postEvent({ ...event, id: newEventId() } as never)).expect(200);
  expect((await orderOf(person, orderId)).invoiceUrl).toBe(invoiceUrl);
  expect(await readLedger(person.accountId)).toHaveLength(1);
});

it.each([
  ['exclusive', 1_199, 200],
  ['inclusive', 999, 167],
])('credits by the price with Stripe Tax %s, and shows the amount paid', async (mode, total, tax) => {
  const instance = await startFramework('api', { STRIPE_TAX: mode });
  const headers = { authorization: `Bearer ${person.idToken}` };
  const body = { pack: 'starter' };
  const { data } = (await send('POST', '/billing/checkout', { headers, body }, instance.url)).expect(201);
  await instance.stop();
  await onCheckoutPage(data.url, 'pay');
  await allWebhooksDelivered();
  expect(await orderOf(person, data.orderId)).toMatchObject({
    status: 'paid',
    price: { unitAmountMinor: 999 },
    total: { unitAmountMinor: total },
    taxAmountMinor: tax,
  });
  expect((await person.credits()).availableCredits).toBe(100);
  await stripe.refunds.create({ payment_intent: (await orderOf(person, data.orderId)).paymentId });
  await allWebhooksDelivered();
  expect(await orderOf(person, data.orderId)).toMatchObject({ status: 'refunded', revokedCredits: 100 });
});
