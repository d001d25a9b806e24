import { defineRoute, type Resource } from '../api/apiRoute.ts';
import { isCreatedWithin, LIST_PARAMETERS, paginate } from '../api/pagination.ts';
import { StripeError } from '../api/stripeError.ts';
import { previousAttributes } from '../changes.ts';
import { idOf } from '../idOf.ts';
import { createId } from '../ids.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount, WireCurrencyOptions, WirePrice } from '../localAccount.ts';
import { mergeMetadata } from '../metadata.ts';
import { parseCurrency } from '../money.ts';
import { createProduct } from './products.ts';

const INTERVAL_COUNT_MAX: Readonly<Record<string, number>> = { day: 1095, week: 156, month: 36, year: 3 };

/** Creates the one-time price that a Checkout session describes by `price_data`. */
export function createInlinePrice(
  account: LocalAccount,
  { product, currency, unitAmount }: { product: string; currency: string; unitAmount: number },
): WirePrice {
  return account.prices.add({ ...blankPrice(account, { product, currency, unitAmount }), active: false });
}

function blankPrice(
  account: LocalAccount,
  { product, currency, unitAmount }: { product: string; currency: string; unitAmount: number },
): WirePrice {
  return {
    id: createId('price_1', 23),
    object: 'price',
    active: true,
    billing_scheme: 'per_unit',
    created: account.clock.nowSeconds(),
    currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: null,
    metadata: {},
    nickname: null,
    product,
    recurring: null,
    tax_behavior: 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: 'one_time',
    unit_amount: unitAmount,
    unit_amount_decimal: String(unitAmount),
  };
}

function createPrice(account: LocalAccount, params: Stripe.PriceCreateParams): WirePrice {
  const currency = parseCurrency(params.currency, 'currency');
  const unitAmount = requireAmount(params.unit_amount, 'unit_amount');
  const options = Object.entries(params.currency_options ?? {}).map(([other, { unit_amount }]) => {
    const param = `currency_options[${other}][unit_amount]`;
    return [parseCurrency(other, 'currency_options'), currencyOption(requireAmount(unit_amount, param))] as const;
  });
  const recurring = params.recurring ? requireRecurrence(params.recurring) : null;
  const metadata = mergeMetadata(null, params.metadata);
  if (params.lookup_key !== undefined) claimLookupKey(account, params.lookup_key, params.transfer_lookup_key);
  const price = account.prices.add({
    ...blankPrice(account, { product: requireProduct(account, params).id, currency, unitAmount }),
    active: params.active ?? true,
    lookup_key: params.lookup_key ?? null,
    metadata,
    nickname: params.nickname ?? null,
    recurring,
    type: recurring ? 'recurring' : 'one_time',
  });
  account.currencyOptions.set(price.id, { [currency]: currencyOption(unitAmount), ...Object.fromEntries(options) });
  account.emit('price.created', price);
  return price;
}

function currencyOption(unitAmount: number): WireCurrencyOptions {
  return {
    custom_unit_amount: null,
    tax_behavior: 'unspecified',
    unit_amount: unitAmount,
    unit_amount_decimal: String(unitAmount),
  };
}

function requireAmount(amount: number | undefined, param: string): number {
  if (amount === undefined) throw StripeError.missingParameter(param);
  if (amount < 0) {
    throw StripeError.invalid('Invalid non-negative integer', { code: 'parameter_invalid_integer', param });
  }
  return amount;
}

function requireRecurrence({ interval, interval_count: count = 1 }: Stripe.PriceCreateParams.Recurring) {
  const maximum = INTERVAL_COUNT_MAX[interval] ?? 1;
  if (count < 1 || count > maximum) {
    throw StripeError.invalid(`The interval count has to be between 1 and ${maximum} for the interval ${interval}.`, {
      param: 'recurring[interval_count]',
    });
  }
  return { interval, interval_count: count, meter: null, trial_period_days: null, usage_type: 'licensed' };
}

function requireProduct(account: LocalAccount, params: Stripe.PriceCreateParams): Stripe.Product {
  if (params.product !== undefined) return account.products.get(params.product, 'product');
  if (!params.product_data) throw StripeError.missingParameter('product');
  return createProduct(account, params.product_data);
}

function claimLookupKey(account: LocalAccount, key: string, isTransferred: boolean | undefined): void {
  const holder = account.prices.newestFirst().find(({ lookup_key }) => lookup_key === key);
  if (!holder) return;
  if (isTransferred) holder.lookup_key = null;
  else {
    throw StripeError.invalid(`A price (\`${holder.id}\`) already uses that lookup key.`, { param: 'lookup_key' });
  }
}

function updatePrice(account: LocalAccount, id: string, params: Stripe.PriceUpdateParams): WirePrice {
  const price = account.prices.get(id);
  const before = structuredClone(price);
  price.metadata = mergeMetadata(price.metadata, params.metadata);
  if (params.active !== undefined) price.active = params.active;
  if (params.nickname !== undefined) price.nickname = params.nickname;
  if (params.lookup_key !== undefined && params.lookup_key !== price.lookup_key) {
    claimLookupKey(account, params.lookup_key, params.transfer_lookup_key);
    price.lookup_key = params.lookup_key;
  }
  const previous = previousAttributes(before, price);
  if (previous) account.emit('price.updated', price, previous);
  return price;
}

export const prices: Resource = {
  routes: [
    defineRoute<Stripe.PriceCreateParams>({
      method: 'POST',
      path: '/v1/prices',
      accepts: [
        'active',
        'currency',
        'currency_options',
        'lookup_key',
        'metadata',
        'nickname',
        'product',
        'product_data.id',
        'product_data.metadata',
        'product_data.name',
        'recurring.interval',
        'recurring.interval_count',
        'transfer_lookup_key',
        'unit_amount',
      ],
      handle: ({ account, params }) => createPrice(account, params),
    }),
    defineRoute<Stripe.PriceUpdateParams>({
      method: 'POST',
      path: '/v1/prices/{id}',
      accepts: ['active', 'lookup_key', 'metadata', 'nickname', 'transfer_lookup_key'],
      handle: ({ account, params, id }) => updatePrice(account, id, params),
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/prices/{id}',
      accepts: [],
      handle: ({ account, id }) => account.prices.get(id),
    }),
    defineRoute<Stripe.PriceListParams>({
      method: 'GET',
      path: '/v1/prices',
      accepts: [...LIST_PARAMETERS, 'active', 'created', 'currency', 'lookup_keys', 'product', 'type'],
      handle: ({ account, params, path }) => {
        const found = account.prices
          .newestFirst()
          .filter(
            (price) =>
              isCreatedWithin(price.created, params.created) &&
              (params.active ?? price.active) === price.active &&
              (params.currency ?? price.currency) === price.currency &&
              (params.product ?? idOf(price.product)) === idOf(price.product) &&
              (params.type ?? price.type) === price.type &&
              (params.lookup_keys?.includes(price.lookup_key ?? '') ?? true),
          );
        return paginate(found, params, path);
      },
    }),
  ],
  includes: {
    price: {
      currency_options: (account: LocalAccount, price: WirePrice) => account.currencyOptions.get(price.id) ?? {},
    },
  },
};
