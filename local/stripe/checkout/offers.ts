import { StripeError } from '../api/stripeError.ts';
import { unitAmountIn } from '../billing/invoiceLines.ts';
import { idOf } from '../idOf.ts';
import { createId } from '../ids.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount, WireLineItem, WirePrice } from '../localAccount.ts';
import { mergeMetadata } from '../metadata.ts';
import { parseCurrency } from '../money.ts';
import { createInlinePrice } from '../resources/prices.ts';
import { createInlineProduct } from '../resources/products.ts';

type Params = Stripe.Checkout.SessionCreateParams;
type LineItem = Stripe.Checkout.SessionCreateParams.LineItem;

/** The modes of sessions that sell something. */
export type SessionMode = 'payment' | 'subscription';

const LINE_ITEMS_MAX = 100;

/** A requested line: an existing price, or a price described in place by `price_data`. */
export interface Offer {
  line: LineItem;
  price: WirePrice | null;
  currency: string;
  unitAmount: number;
  quantity: number;
}

/**
 * Reads the requested lines of a session.
 *
 * @throws StripeError that names the line and the parameter, when Stripe would refuse a line
 */
export function readOffers(account: LocalAccount, params: Params, mode: SessionMode): Offer[] {
  const lines = params.line_items ?? [];
  if (lines.length === 0) throw StripeError.missingParameter('line_items');
  if (lines.length > LINE_ITEMS_MAX) {
    throw StripeError.invalid(`You can have up to ${LINE_ITEMS_MAX} line items.`, { param: 'line_items' });
  }
  const offers = lines.map((line, index) => {
    const param = `line_items[${index}]`;
    return line.price === undefined
      ? readInlineOffer(line, param)
      : readPriceOffer(account, line, line.price, params.currency, param);
  });
  requireFitting(offers, mode);
  return offers;
}

function requireFitting(offers: readonly Offer[], mode: SessionMode): void {
  const hasRecurring = offers.some(({ price }) => price?.recurring);
  if (mode === 'payment' && hasRecurring) {
    throw StripeError.invalid(
      'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only ' +
        'one-time prices.',
      { param: 'mode' },
    );
  }
  if (mode === 'subscription' && offers.some(({ price }) => !price?.recurring)) {
    throw StripeError.invalid(
      'You must provide at least one recurring price in `subscription` mode; the local Stripe takes no one-time price.',
      { param: 'line_items' },
    );
  }
}

function readPriceOffer(
  account: LocalAccount,
  line: LineItem,
  priceId: string,
  currency: string | undefined,
  param: string,
): Offer {
  if (line.price_data) {
    throw StripeError.invalid('You may only specify one of these parameters: price, price_data.', { param });
  }
  const price = account.prices.get(priceId, `${param}[price]`);
  if (!price.active) {
    throw StripeError.invalid('The price specified is inactive. This field only accepts active prices.', {
      param: `${param}[price]`,
    });
  }
  const charged = currency === undefined ? price.currency : parseCurrency(currency, 'currency');
  const unitAmount = unitAmountIn(account, price, charged);
  return { line, price, currency: charged, unitAmount, quantity: requireQuantity(line, param) };
}

function readInlineOffer(line: LineItem, param: string): Offer {
  const currency = requireLine(line, param);
  const unitAmount = line.price_data?.unit_amount ?? 0;
  return { line, price: null, currency, unitAmount, quantity: requireQuantity(line, param) };
}

function requireQuantity({ quantity }: LineItem, param: string): number {
  if (quantity === undefined) throw StripeError.missingParameter(`${param}[quantity]`);
  if (quantity < 1) throw invalidInteger('positive', `${param}[quantity]`);
  return quantity;
}

/**
 * Returns the currency of the lines.
 *
 * @throws StripeError when the lines have different currencies
 */
export function requireOneCurrency(offers: readonly Offer[]): string {
  const [currency = '', ...others] = new Set(offers.map((offer) => offer.currency));
  if (others.length > 0) {
    throw StripeError.invalid('All line items of a Checkout Session must have the same currency.', {
      param: 'line_items',
    });
  }
  return currency;
}

function requireLine(line: LineItem, param: string): string {
  const { price_data: priceData } = line;
  if (!priceData) throw StripeError.missingParameter(`${param}[price_data]`);
  if (!priceData.product_data) throw StripeError.missingParameter(`${param}[price_data][product_data]`);
  if (priceData.product_data.name === '') {
    throw StripeError.invalid('You passed an empty string for a product name.', {
      code: 'parameter_invalid_empty',
      param: `${param}[price_data][product_data][name]`,
    });
  }
  if (priceData.unit_amount === undefined) throw StripeError.missingParameter(`${param}[price_data][unit_amount]`);
  if (priceData.unit_amount < 0) throw invalidInteger('non-negative', `${param}[price_data][unit_amount]`);
  return parseCurrency(priceData.currency, `${param}[price_data][currency]`);
}

function invalidInteger(kind: 'positive' | 'non-negative', param: string): StripeError {
  return StripeError.invalid(`Invalid ${kind} integer`, { code: 'parameter_invalid_integer', param });
}

/** Returns the total of all lines in minor units. */
export function sumOf(offers: readonly Offer[]): number {
  return offers.reduce((sum, { unitAmount, quantity }) => sum + unitAmount * quantity, 0);
}

/** Creates the line as the session shows it. */
export function createLine(
  account: LocalAccount,
  { line, price, unitAmount, quantity }: Offer,
  currency: string,
): WireLineItem {
  const sold = price ?? createPriceInPlace(account, line, currency, unitAmount);
  return {
    id: createId('li_1', 23),
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: unitAmount * quantity,
    amount_tax: 0,
    amount_total: unitAmount * quantity,
    currency,
    description: account.products.get(idOf(sold.product) ?? '').name,
    metadata: mergeMetadata(null, line.metadata),
    price: sold,
    quantity,
  };
}

function createPriceInPlace(account: LocalAccount, line: LineItem, currency: string, unitAmount: number): WirePrice {
  const product = createInlineProduct(account, line.price_data?.product_data ?? { name: '' });
  return createInlinePrice(account, { product: product.id, currency, unitAmount });
}
