import { StripeError } from '../api/stripeError.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';
import { paramsOf } from './sessionData.ts';

type Params = Stripe.Checkout.SessionCreateParams;

/** Tax rate of every customer of the local Stripe, in percent. */
const TAX_PERCENT = 20;

/**
 * Returns the tax fields of a session before the payer has entered an address.
 *
 * @throws StripeError when the payer's address or name would not be saved on an existing customer
 */
export function taxFields(params: Params): Partial<Stripe.Checkout.Session> {
  const { automatic_tax: tax, tax_id_collection: taxIds, customer, customer_update: update } = params;
  if (tax?.enabled && customer !== undefined && update?.address !== 'auto') {
    throw StripeError.invalid(
      'Automatic tax calculation in Checkout requires a valid address on the Customer. Add a valid address to the ' +
        'Customer or set either `customer_update[address]` to `auto` or `customer_update[shipping]` to `auto` to ' +
        'save the address entered in Checkout to the Customer.',
      { code: 'customer_tax_location_invalid', param: 'automatic_tax' },
    );
  }
  if (taxIds?.enabled && customer !== undefined && update?.name !== 'auto') {
    throw StripeError.invalid(
      'Tax ID collection requires updating business name on the customer. To enable tax ID collection for an ' +
        'existing customer, please set `customer_update[name]` to `auto`.',
      { param: 'tax_id_collection' },
    );
  }
  if (update && customer === undefined) {
    throw StripeError.invalid('`customer_update` can only be used with `customer`.', { param: 'customer_update' });
  }
  return {
    automatic_tax: {
      enabled: tax?.enabled ?? false,
      liability: tax?.enabled ? { type: 'self' } : null,
      provider: tax?.enabled ? 'stripe' : null,
      status: tax?.enabled ? 'requires_location_inputs' : null,
    },
    billing_address_collection: params.billing_address_collection ?? null,
    ...(taxIds && { tax_id_collection: { enabled: taxIds.enabled, required: taxIds.required ?? 'never' } }),
  };
}

/**
 * Returns whether a session's prices include the tax. At Stripe a price without `tax_behavior` uses a setting of the
 * account.
 */
export function isTaxInPrice(session: Stripe.Checkout.Session): boolean {
  return (paramsOf(session)?.line_items ?? []).some(({ price_data: data }) => data?.tax_behavior === 'inclusive');
}

/** Computes the tax of a session, after the payer has entered an address. */
export function applyTax(account: LocalAccount, session: Stripe.Checkout.Session): void {
  if (!session.automatic_tax.enabled || session.automatic_tax.status === 'complete') return;
  const isInPrice = isTaxInPrice(session);
  for (const line of account.lineItems.get(session.id) ?? []) {
    line.amount_tax = isInPrice
      ? Math.round((line.amount_total * TAX_PERCENT) / (100 + TAX_PERCENT))
      : Math.round((line.amount_total * TAX_PERCENT) / 100);
    if (!isInPrice) line.amount_total += line.amount_tax;
  }
  const lines = account.lineItems.get(session.id) ?? [];
  const tax = lines.reduce((sum, line) => sum + line.amount_tax, 0);
  session.automatic_tax.status = 'complete';
  session.amount_total = lines.reduce((sum, line) => sum + line.amount_total, 0);
  if (session.total_details) session.total_details.amount_tax = tax;
}
