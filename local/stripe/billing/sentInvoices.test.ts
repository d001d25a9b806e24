import { TestStripe } from '../testing/testStripe.ts';

let test: TestStripe;
beforeEach(async () => {
  test = await TestStripe.start();
});
afterEach(() => test.stop());

const DAYS = 14;

/** Creates an invoice and sends it to a customer. */
async function sent() {
  const { id: customer } = await test.api.customers.create({ email: 'ada@example.com' });
  const draft = await test.api.invoices.create({
    customer,
    currency: 'usd',
    collection_method: 'send_invoice',
    days_until_due: DAYS,
    metadata: { orderId: 'o_1' },
  });
  await test.api.invoices.addLines(draft.id, { lines: [{ amount: 5_000, description: 'Credits' }] });
  await test.api.invoices.finalizeInvoice(draft.id, { auto_advance: true });
  return test.api.invoices.sendInvoice(draft.id);
}
const pay = (url: string | null | undefined, card: string) =>
  fetch(url ?? '', { method: 'POST', body: new URLSearchParams({ outcome: 'pay', card }) });
const types = async () => (await test.api.events.list({ limit: 100 })).data.map(({ type }) => type);

it('a sent invoice is open, has a due date, and can be paid on its page', async () => {
  const invoice = await sent();
  expect(invoice).toMatchObject({ status: 'open', amount_due: 5_000, due_date: invoice.created + DAYS * 86_400 });
  expect((await pay(invoice.hosted_invoice_url, 'pm_card_chargeDeclined')).status).toBe(402);
  expect((await test.api.invoices.retrieve(invoice.id)).status).toBe('open');
  expect((await pay(invoice.hosted_invoice_url, 'pm_card_visa')).status).toBe(200);
  expect(await test.api.invoices.retrieve(invoice.id)).toMatchObject({ status: 'paid', amount_paid: 5_000 });
  expect((await pay(invoice.hosted_invoice_url, 'pm_card_visa')).status).toBe(405);
  await expect(test.api.invoices.addLines(invoice.id, { lines: [{ amount: 1 }] })).rejects.toMatchObject({
    code: 'invoice_not_editable',
  });
});

it('an open invoice emits invoice.overdue once, after its due date', async () => {
  await sent();
  await test.control('POST', 'clock/advance', { seconds: DAYS * 86_400 - 60 });
  expect(await types()).not.toContain('invoice.overdue');
  await test.control('POST', 'clock/advance', { seconds: 120 });
  await test.control('POST', 'clock/advance', { seconds: 120 });
  expect((await types()).filter((type) => type === 'invoice.overdue')).toHaveLength(1);
});

it('an open invoice can be paid elsewhere, voided, or marked uncollectible', async () => {
  const [elsewhere, voided, lost] = [await sent(), await sent(), await sent()];
  const paid = await test.api.invoices.pay(elsewhere.id, { paid_out_of_band: true });
  expect(paid.status).toBe('paid');
  expect((await test.api.invoicePayments.list({ invoice: paid.id })).data).toMatchObject([{ status: 'canceled' }]);
  expect((await test.api.invoices.voidInvoice(voided.id)).status).toBe('void');
  expect((await test.api.invoices.markUncollectible(lost.id)).status).toBe('uncollectible');
});

it('an invoice needs a due date if it is to be sent, and has none otherwise', async () => {
  const { id: customer } = await test.api.customers.create();
  await expect(test.api.invoices.create({ customer, collection_method: 'send_invoice' })).rejects.toMatchObject({
    param: 'days_until_due',
  });
  await expect(test.api.invoices.create({ customer, days_until_due: 3 })).rejects.toMatchObject({
    param: 'days_until_due',
  });
});
