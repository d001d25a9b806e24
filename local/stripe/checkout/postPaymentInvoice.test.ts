import { TestStripe } from '../testing/testStripe.ts';

let test: TestStripe;
beforeEach(async () => {
  test = await TestStripe.start();
});
afterEach(() => test.stop());

const creation = { enabled: true, invoice_data: { description: 'Thanks', metadata: { orderId: 'o_1' } } };
const sold = (tax_behavior: 'inclusive' | 'exclusive') => [
  { quantity: 1, price_data: { currency: 'usd', unit_amount: 1000, tax_behavior, product_data: { name: 'Starter' } } },
];

describe('a session with invoice_creation', () => {
  it('gets a paid invoice, with a page and a PDF, when it is paid', async () => {
    const { id } = await test.paidSession({ invoice_creation: creation });
    const session = await test.api.checkout.sessions.retrieve(id, { expand: ['invoice'] });
    const invoice = session.invoice as Exclude<typeof session.invoice, string | null>;
    expect(invoice).toMatchObject({
      status: 'paid',
      billing_reason: 'manual',
      customer: session.customer,
      amount_paid: 1000,
      metadata: { orderId: 'o_1' },
      lines: { data: [{ description: 'Starter', amount: 1000 }] },
    });
    const html = await (await fetch(invoice.hosted_invoice_url ?? '')).text();
    expect(html).toContain('Starter');
    const pdf = await fetch(invoice.invoice_pdf ?? '');
    expect(pdf.headers.get('content-type')).toBe('application/pdf');
    expect(await pdf.text()).toMatch(/^%PDF-1\.4[\s\S]*\(Starter {3}\$10\.00\)[\s\S]*%%EOF\n$/);
    const [payment] = (await test.api.invoicePayments.list({ invoice: invoice.id })).data;
    expect(payment).toMatchObject({ status: 'paid', payment: { payment_intent: session.payment_intent } });
    await test.flush();
    expect(test.receiver.types.filter((type) => type === 'invoice.paid')).toHaveLength(1);
  });

  it('has no invoice before a delayed payment arrives', async () => {
    const { id } = await test.openSession({ invoice_creation: creation });
    await test.submit(id, 'delayed');
    expect((await test.api.checkout.sessions.retrieve(id)).invoice).toBeNull();
    await test.control('POST', `payments/${id}`, { action: 'settle' });
    expect((await test.api.checkout.sessions.retrieve(id)).invoice).toMatch(/^in_/);
  });

  it('cannot be in subscription mode', async () => {
    const params = { mode: 'subscription', invoice_creation: creation } as const;
    await expect(test.openSession(params)).rejects.toMatchObject({ param: 'invoice_creation' });
  });
});

it('a successful charge has a receipt page', async () => {
  const { payment_intent: intent } = await test.paidSession();
  const charge = await test.api.charges.retrieve(intent.latest_charge as string);
  const page = await fetch(charge.receipt_url ?? '');
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('$10.00')]);
  expect((await fetch(charge.receipt_url ?? '', { method: 'POST' })).status).toBe(405);
  expect((await test.raw('/receipts/ch_none')).status).toBe(404);
  expect((await test.raw('/i/in_none/pdf')).status).toBe(404);
});

describe('tax', () => {
  it.each([
    ['exclusive', 200, 1200],
    ['inclusive', 167, 1000],
  ] as const)('that is %s is computed when the customer pays', async (behavior, tax, total) => {
    const params = {
      line_items: sold(behavior),
      automatic_tax: { enabled: true },
      tax_id_collection: { enabled: true },
      billing_address_collection: 'required',
      invoice_creation: creation,
    } as const;
    const { id } = await test.openSession(params);
    expect(await test.api.checkout.sessions.retrieve(id)).toMatchObject({
      amount_total: 1000,
      automatic_tax: { status: 'requires_location_inputs' },
      tax_id_collection: { enabled: true },
    });
    await test.submit(id, 'decline');
    await test.submit(id, 'pay');
    const session = await test.api.checkout.sessions.retrieve(id, { expand: ['payment_intent', 'invoice'] });
    expect(session).toMatchObject({
      amount_subtotal: 1000,
      amount_total: total,
      total_details: { amount_tax: tax },
      payment_intent: { amount_received: total },
      invoice: { subtotal: 1000, total, amount_paid: total, total_taxes: [{ amount: tax, tax_behavior: behavior }] },
    });
  });

  it("requires that an existing customer's address and name are updated", async () => {
    const { id: customer } = await test.api.customers.create();
    const tax = { customer, automatic_tax: { enabled: true } };
    await expect(test.openSession(tax)).rejects.toMatchObject({ param: 'automatic_tax' });
    const ids = { customer, tax_id_collection: { enabled: true } };
    await expect(test.openSession(ids)).rejects.toMatchObject({ param: 'tax_id_collection' });
    const update = { address: 'auto', name: 'auto' } as const;
    expect(await test.openSession({ ...tax, ...ids, customer_update: update })).toMatchObject({ customer });
  });
});
