import { StripeError } from '../api/stripeError.ts';
import { idOf } from '../idOf.ts';
import { createId } from '../ids.ts';
import type { Stripe } from '../installedStripe.ts';
import type {
  LocalAccount,
  WireInvoiceLine,
  WirePrice,
  WireSubscription,
  WireSubscriptionItem,
} from '../localAccount.ts';
import { formatMoney } from '../money.ts';

/**
 * Returns the unit amount of a price in a currency, in minor units.
 *
 * @throws StripeError when the price doesn't have that currency
 */
export function unitAmountIn(account: LocalAccount, price: WirePrice, currency: string): number {
  if (price.currency === currency) return price.unit_amount ?? 0;
  const amount = account.currencyOptions.get(price.id)?.[currency]?.unit_amount;
  if (amount !== undefined && amount !== null) return amount;
  throw StripeError.invalid(
    `The price specified only supports \`${price.currency}\`. ` +
      `This doesn't match the expected currency: \`${currency}\`.`,
  );
}

/** Creates the invoice line of a subscription item for one whole period. */
export function periodLine(
  account: LocalAccount,
  subscription: WireSubscription,
  item: WireSubscriptionItem,
): WireInvoiceLine {
  const unitAmount = unitAmountIn(account, item.price, subscription.currency);
  const quantity = item.quantity ?? 1;
  const each = `${formatMoney(unitAmount, subscription.currency)} / ${item.price.recurring?.interval}`;
  return createLine(subscription, item, {
    amount: unitAmount * quantity,
    description: `${quantity} × ${productNameOf(account, item.price)} (at ${each})`,
    period: { start: item.current_period_start, end: item.current_period_end },
    proration: false,
  });
}

/** Creates the line for the rest of a period when an item changes: a charge (positive) or a credit (negative). */
export function prorationLine(
  account: LocalAccount,
  subscription: WireSubscription,
  item: WireSubscriptionItem,
  { sign, now }: { sign: 1 | -1; now: number },
): WireInvoiceLine {
  const { current_period_start: start, current_period_end: end } = item;
  const whole = unitAmountIn(account, item.price, subscription.currency) * (item.quantity ?? 1);
  const rest = Math.round((whole * (end - now)) / (end - start));
  return createLine(subscription, item, {
    amount: sign * rest,
    description: `${sign < 0 ? 'Unused time' : 'Remaining time'} on ${productNameOf(account, item.price)}`,
    period: { start: now, end },
    proration: true,
  });
}

function createLine(
  subscription: WireSubscription,
  item: WireSubscriptionItem,
  line: { amount: number; description: string; period: Stripe.InvoiceLineItem.Period; proration: boolean },
): WireInvoiceLine {
  const quantity = item.quantity ?? 1;
  return {
    id: createId('il_1', 23),
    object: 'line_item',
    amount: line.amount,
    currency: subscription.currency,
    description: line.description,
    discount_amounts: [],
    discountable: !line.proration,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: { ...subscription.metadata },
    parent: {
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: line.proration ? createId('ii_1', 23) : null,
        proration: line.proration,
        proration_details: { credited_items: null },
        subscription: subscription.id,
        subscription_item: item.id,
      },
      type: 'subscription_item_details',
    },
    period: line.period,
    pretax_credit_amounts: [],
    pricing: {
      price_details: { price: item.price.id, product: idOf(item.price.product) ?? '' },
      type: 'price_details',
      unit_amount_decimal: String(Math.round(Math.abs(line.amount) / quantity)),
    },
    quantity,
    quantity_decimal: String(quantity),
    subscription: subscription.id,
    subtotal: line.amount,
    taxes: [],
  };
}

function productNameOf(account: LocalAccount, price: WirePrice): string {
  return account.products.find(idOf(price.product) ?? '')?.name ?? '';
}
