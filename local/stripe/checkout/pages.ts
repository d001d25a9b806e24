import { Html, html } from '../../html.ts';
import type { Stripe } from '../installedStripe.ts';
import type { WireLineItem } from '../localAccount.ts';
import { formatMoney } from '../money.ts';
import { testCards } from '../testCards.ts';

const styleSheet = new Html(`
  :root { color-scheme: light dark; --accent: #5b5bd6; --soft: #8883; --bad: light-dark(#b42025, #ff9592);
    --focus: light-dark(#5b5bd6, #b1b1ff); }
  * { box-sizing: border-box; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem;
    font: 1rem/1.5 system-ui, sans-serif; background: light-dark(#f6f6f9, #17171c); }
  main { width: min(27rem, 100%); padding: 2rem; border: 1px solid var(--soft); border-radius: 1rem;
    background: light-dark(#fff, #1f1f26); box-shadow: 0 8px 30px #0001; }
  h1 { margin: 0 0 1rem; font-size: 1.1rem; font-weight: 600; }
  .note { margin: 0 0 1.5rem; font-size: .85rem; opacity: .75; }
  .total { margin: 0; font-size: 2.2rem; font-weight: 700; font-variant-numeric: tabular-nums; }
  ul { list-style: none; margin: 1rem 0 1.5rem; padding: 0; border-top: 1px solid var(--soft); }
  li { display: flex; justify-content: space-between; gap: 1rem; padding: .6rem 0;
    border-bottom: 1px solid var(--soft); }
  li small { display: block; opacity: .75; }
  .error { margin: 0 0 1rem; padding: .7rem 1rem; border-radius: .5rem; color: var(--bad);
    border: 1px solid currentColor; }
  label { display: block; font-size: .85rem; margin-bottom: .25rem; }
  input, select { width: 100%; padding: .6rem .75rem; margin-bottom: 1rem; font: inherit; border-radius: .5rem;
    border: 1px solid var(--soft); background: light-dark(#fff, #1f1f26); color: inherit; }
  button { width: 100%; padding: .7rem; margin-bottom: .6rem; font: inherit; font-weight: 600; cursor: pointer;
    border-radius: .5rem; border: 1px solid var(--soft); background: transparent; color: inherit; }
  button.primary { background: var(--accent); border-color: var(--accent); color: #fff; }
  button:hover { filter: brightness(1.1); }
  :focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
`);

/** Renders the page on which a person pays. */
export function checkoutPage(
  session: Stripe.Checkout.Session,
  lines: readonly WireLineItem[],
  { error, email, isEmailFixed }: { error?: string; email: string; isEmailFixed: boolean },
): Html {
  const total = formatMoney(session.amount_total ?? 0, session.currency ?? 'usd');
  return layout(
    `Pay ${total}`,
    html`
      <h1>Pay</h1>
      <p class="total">${total}</p>
      <ul>${lines.map(lineItem)}</ul>
      ${error ? html`<p class="error" role="alert">${error}</p>` : ''}
      <form method="post">
        <label for="email">Email</label>
        <input id="email" name="email" type="email" autocomplete="email" value="${email}"
          ${isEmailFixed ? 'readonly' : ''}>
        <button class="primary" name="outcome" value="pay">Pay ${total}</button>
        <button name="outcome" value="decline">Pay with a card that is declined</button>
        <button name="outcome" value="authenticate">Pay with a card that needs 3-D Secure</button>
        <button name="outcome" value="delayed">Pay by bank debit (the money arrives later)</button>
        ${session.cancel_url ? html`<button name="outcome" value="cancel">Cancel and go back</button>` : ''}
      </form>`,
  );
}

/** Renders the page on which a person saves a card. */
export function setupPage(session: Stripe.Checkout.Session, error?: string): Html {
  return layout(
    'Save a card',
    html`
      <h1>Save a card</h1>
      <p>Nothing is charged now.</p>
      ${error ? html`<p class="error" role="alert">${error}</p>` : ''}
      <form method="post">
        ${cardChoice()}
        <button class="primary" name="outcome" value="save">Save card</button>
        <button name="outcome" value="decline">Enter a card that is declined</button>
        ${session.cancel_url ? html`<button name="outcome" value="cancel">Cancel and go back</button>` : ''}
      </form>`,
  );
}

/** Renders the page on which customers manage their cards. */
export function portalPage(
  session: Stripe.BillingPortal.Session,
  customer: Stripe.Customer,
  methods: readonly Stripe.PaymentMethod[],
  error?: string,
): Html {
  const defaultId = customer.invoice_settings.default_payment_method;
  return layout(
    'Billing',
    html`
      <h1>Billing of ${customer.email ?? customer.id}</h1>
      ${error ? html`<p class="error" role="alert">${error}</p>` : ''}
      <ul>${methods.map((method) => portalMethod(method, method.id === defaultId))}</ul>
      <form method="post">
        ${cardChoice()}
        <button name="outcome" value="add">Add card</button>
        ${session.return_url ? backButton : ''}
      </form>`,
  );
}

function portalMethod(method: Stripe.PaymentMethod, isDefault: boolean): Html {
  const name = method.card ? `${method.card.brand} ···· ${method.card.last4}` : method.type;
  return html`
    <li>
      <form method="post">
        <span>${name}${isDefault ? html`<small>Default</small>` : ''}</span>
        <input type="hidden" name="method" value="${method.id}">
        ${isDefault ? '' : html`<button name="outcome" value="default">Make default</button>`}
        <button name="outcome" value="remove">Remove</button>
      </form>
    </li>`;
}

const backButton = html`<button class="primary" name="outcome" value="return">Back to the shop</button>`;

function cardChoice(): Html {
  const options = Object.keys(testCards).map((name) => html`<option value="${name}">${name}</option>`);
  return html`
    <label for="card">Test card</label>
    <select id="card" name="card">${options}</select>`;
}

/** Renders the bank's page, on which a person authenticates as the cardholder. */
export function authenticationPage(session: Stripe.Checkout.Session): Html {
  const total = formatMoney(session.amount_total ?? 0, session.currency ?? 'usd');
  return layout(
    '3-D Secure',
    html`
      <h1>3-D Secure</h1>
      <p>Your bank asks: do you authorize this payment of <strong>${total}</strong>?</p>
      <form method="post">
        <button class="primary" name="outcome" value="complete">Complete authentication</button>
        <button name="outcome" value="fail">Fail authentication</button>
      </form>`,
  );
}

/** Renders a page with only a message. */
export function messagePage(title: string, message: string, link?: { href: string; text: string }): Html {
  return layout(
    title,
    html`
      <h1>${title}</h1>
      <p>${message}</p>
      ${link ? html`<p><a href="${link.href}">${link.text}</a></p>` : ''}`,
  );
}

function lineItem(line: WireLineItem): Html {
  const quantity = line.quantity ?? 1;
  const each = quantity > 1 ? `${quantity} × ${formatMoney(line.price.unit_amount ?? 0, line.currency)}` : '';
  return html`
    <li>
      <span>${line.description ?? ''}${each ? html`<small>${each}</small>` : ''}</span>
      <span>${formatMoney(line.amount_total, line.currency)}</span>
    </li>`;
}

/** Renders the frame of every page. */
export function layout(title: string, content: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title} – Local Stripe</title>
  <style>${styleSheet}</style>
</head>
<body>
  <main>
    <p class="note">Local Stripe: no real money</p>
    ${content}
  </main>
</body>
</html>
`;
}
