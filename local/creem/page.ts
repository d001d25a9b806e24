import { type Html, html } from '../html.ts';
import type { Checkout } from './objects.ts';
import type { Reply } from './reply.ts';
import type { Shop } from './shop.ts';

const DEFAULT_EMAIL = 'buyer@example.com';
const MAX_TAX_PERCENT = 100;

/** Answers a request for the page of a checkout. Its form posts `outcome`, and optionally `email` and `tax`. */
export function handlePageRequest(shop: Shop, method: string, checkoutId: string, body: string): Reply {
  const checkout = shop.checkouts.get(checkoutId);
  if (!checkout) return page(404, html`<h1>Page not found</h1>`);
  if (checkout.status === 'expired') return page(410, html`<h1>This checkout has expired</h1>`);
  if (checkout.status === 'completed') return page(409, html`<h1>Already paid</h1><p>Nothing was charged again.</p>`);
  if (method === 'GET' || method === 'HEAD') return payPage(shop, checkout, 200);
  if (method !== 'POST') return page(405, html`<h1>This page accepts only GET, HEAD and POST</h1>`);
  return submit(shop, checkout, new URLSearchParams(body));
}

function submit(shop: Shop, checkout: Checkout, form: URLSearchParams): Reply {
  const tax = Number(form.get('tax') ?? 0);
  if (!Number.isInteger(tax) || tax < 0 || tax > MAX_TAX_PERCENT) {
    return payPage(shop, checkout, 400, 'tax must be a whole number of percent, from 0 to 100.');
  }
  switch (form.get('outcome')) {
    case 'pay':
      shop.pay(checkout, { email: shop.emailFor(checkout.id) ?? form.get('email') ?? DEFAULT_EMAIL, taxPercent: tax });
      return checkout.success_url === null ? page(200, html`<h1>Thank you</h1>`) : redirectTo(successUrl(checkout));
    case 'decline':
      return payPage(shop, checkout, 402, 'Your card was declined.');
    case 'cancel':
      // Creem has no cancel address: a payer who doesn't want to pay just leaves the page.
      return page(200, html`<h1>You left without paying</h1>`);
    default:
      return payPage(shop, checkout, 400, 'outcome must be pay, decline or cancel.');
  }
}

/** Returns the address that the payer is sent to after paying, with the parameters that Creem adds. */
function successUrl({ success_url, id, request_id, order, customer, subscription, product }: Checkout): string {
  const target = new URL(success_url ?? '');
  const added = { checkout_id: id, order_id: order, customer_id: customer, subscription_id: subscription };
  for (const [name, value] of Object.entries({ ...added, product_id: product, request_id })) {
    if (value !== undefined) target.searchParams.set(name, value);
  }
  return target.href;
}

function payPage(shop: Shop, checkout: Checkout, status: number, error = ''): Reply {
  const { name, currency } = shop.productOf(checkout.product);
  const amount = `${(shop.amountOf(checkout) / 100).toFixed(2)} ${currency}`;
  const email = shop.emailFor(checkout.id);
  return page(
    status,
    html`<h1>${name}</h1>
      <p class="total">${amount}</p>
      <p role="alert">${error}</p>
      <form method="post">
        <label>Email <input name="email" value="${email ?? DEFAULT_EMAIL}" ${email ? 'readonly' : ''} /></label>
        <button name="outcome" value="pay">Pay</button>
        <button name="outcome" value="decline">Pay with a card that is declined</button>
        <button name="outcome" value="cancel">Leave</button>
      </form>`,
  );
}

function page(status: number, content: Html): Reply {
  const whole = html`<!doctype html>
    <html lang="en">
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width" />
      <title>Local Creem</title>
      <style>
        body { font: 1rem/1.5 system-ui, sans-serif; max-width: 26rem; margin: 3rem auto; padding: 0 1rem; }
        .total { font-size: 2rem; font-weight: 700; }
        button, input { display: block; width: 100%; font: inherit; padding: 0.6rem; margin: 0.5rem 0; }
      </style>
      <main>${content}</main>
    </html>`;
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body: whole.source };
}

function redirectTo(location: string): Reply {
  return { status: 303, headers: { location }, body: '' };
}
