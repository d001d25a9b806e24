import { html } from '../../html.ts';
import type { Reply } from '../api/reply.ts';
import { page, readForm } from '../checkout/pageReply.ts';
import { layout, messagePage } from '../checkout/pages.ts';
import { idOf } from '../idOf.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount, WireInvoice } from '../localAccount.ts';
import { formatMoney } from '../money.ts';
import { createCard } from '../resources/paymentMethods.ts';
import { isTestCardName, testCards } from '../testCards.ts';
import { collect } from './collect.ts';
import { inTimeOf } from './customerTime.ts';
import { invoicePdf } from './invoicePdf.ts';

/** Answers a request for the receipt of a charge, or the page or PDF of an invoice; undefined for other paths. */
export function handleDocumentRequest(
  account: LocalAccount,
  method: string,
  path: string,
  body: string,
): Reply | undefined {
  const [, folder, id = '', file] = /^\/(i|receipts)\/(\w+)(\/pdf)?$/.exec(path) ?? [];
  if (folder === undefined || (folder === 'receipts' && file)) return undefined;
  const invoice = folder === 'i' ? account.invoices.find(id) : undefined;
  const isPayment = method === 'POST' && invoice?.status === 'open' && !file;
  if (isPayment) return pay(account, invoice, body);
  if (method !== 'GET' && method !== 'HEAD') {
    return page(405, messagePage('Not allowed', 'This page accepts only GET and HEAD.'));
  }
  if (folder === 'receipts') return receipt(account.charges.find(id));
  if (!invoice || invoice.status === 'draft') return notFound('invoice');
  return file ? pdf(invoice) : page(200, invoicePage(invoice));
}

/** Pays an open invoice from the form of its page: `outcome=pay` and a test card. */
function pay(account: LocalAccount, invoice: WireInvoice, body: string): Reply {
  const form = readForm(body);
  const name = String(form.card ?? 'pm_card_visa');
  if (form.outcome !== 'pay' || !isTestCardName(name)) {
    return page(400, messagePage('Not understood', 'The form needs the outcome "pay", and may name a test card.'));
  }
  inTimeOf(account, idOf(invoice.customer) ?? '', () => {
    const payer = { email: invoice.customer_email ?? 'buyer@example.com', name: invoice.customer_name };
    const method = createCard(account, testCards[name], payer);
    account.testCardByMethod.set(method.id, name);
    collect(account, invoice, { method, offSession: false, isOutOfTurn: true });
  });
  const isPaid = account.invoices.get(invoice.id).status === 'paid';
  return page(isPaid ? 200 : 402, invoicePage(invoice));
}

function notFound(what: string): Reply {
  return page(404, messagePage('Page not found', `There is no ${what} at this address.`));
}

function receipt(charge: Stripe.Charge | undefined): Reply {
  if (!charge?.receipt_url) return notFound('receipt');
  const { amount, amount_refunded: refunded, currency, description, created } = charge;
  return page(
    200,
    layout(
      'Receipt',
      html`
        <h1>Receipt</h1>
        <p class="total">${formatMoney(amount, currency)}</p>
        <ul>
          <li><span>Paid</span><span>${dateOf(created)}</span></li>
          ${description ? html`<li><span>For</span><span>${description}</span></li>` : ''}
          ${refunded > 0 ? html`<li><span>Refunded</span><span>${formatMoney(refunded, currency)}</span></li>` : ''}
        </ul>`,
    ),
  );
}

const payForm = html`<form method="post"><button class="primary" name="outcome" value="pay">Pay</button></form>`;

function invoicePage(invoice: WireInvoice) {
  const { number, currency, lines, total, status, due_date: due, invoice_pdf: pdfUrl } = invoice;
  const tax = invoice.total_taxes?.reduce((sum, { amount }) => sum + amount, 0) ?? 0;
  return layout(
    `Invoice ${number ?? ''}`,
    html`
      <h1>Invoice ${number ?? ''}: ${status ?? ''}</h1>
      <p class="total">${formatMoney(total, currency)}</p>
      <ul>
        ${lines.data.map(
          (line) =>
            html`<li><span>${line.description ?? ''}</span><span>${formatMoney(line.amount, currency)}</span></li>`,
        )}
        ${tax > 0 ? html`<li><span>Tax</span><span>${formatMoney(tax, currency)}</span></li>` : ''}
        ${due ? html`<li><span>Due</span><span>${dateOf(due)}</span></li>` : ''}
      </ul>
      ${status === 'open' ? payForm : ''}
      <p><a href="${pdfUrl ?? ''}">Download as PDF</a></p>`,
  );
}

function pdf(invoice: WireInvoice): Reply {
  const { number, currency, lines, total, status, due_date: due } = invoice;
  const body = invoicePdf([
    `Invoice ${number ?? ''}: ${status ?? ''}`,
    ...lines.data.map(({ description, amount }) => `${description ?? ''}   ${formatMoney(amount, currency)}`),
    `Total   ${formatMoney(total, currency)}`,
    ...(due ? [`Due ${dateOf(due)}`] : []),
    'Local Stripe: no real money',
  ]);
  return { status: 200, headers: { 'content-type': 'application/pdf', 'cache-control': 'no-store' }, body };
}

function dateOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}
