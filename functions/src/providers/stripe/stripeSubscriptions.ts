import { isoTime, type Logger, secondsOf } from '@cloud-bridge/base';
import Stripe from 'stripe';
import type { PlanOffer } from '../../catalog/planOffer.ts';
import type { PaymentError } from '../../sales/payments/payment.ts';
import type { Checkout } from '../../sales/payments/paymentProvider.ts';
import { providerRefused } from '../../sales/payments/payments.errors.ts';
import type {
  CardSubscriptionProvider,
  DirectSubscription,
  NewSubscription,
  PaidInvoice,
  SubscriptionCheckout,
  SubscriptionTruth,
} from '../../sales/payments/subscriptionProvider.ts';
import type { SubscriptionStatus } from '../../sales/payments/subscriptionStatus.ts';
import { isSubscriptionId } from '../../sales/subscriptions/subscription.ts';
import { callStripe, isMissing, keyedBy, knownCustomer, lostIn } from './callStripe.ts';
import { StripePrices } from './stripePrices.ts';

/** Number of latest invoices that are read: more than are ever paid between two syncs of a subscription. */
const INVOICES_LOOKED_AT = 20;
/** Number of an invoice's lines that are read: more than any invoice has. */
const MAX_LINES = 1_000;
/** Number of a customer's subscriptions that are read: more than any customer has. */
const MAX_SUBSCRIPTIONS = 1_000;

/** Creates, reads and changes subscriptions at Stripe. */
export class StripeSubscriptions implements CardSubscriptionProvider {
  readonly #client: () => Stripe;
  readonly #logger: Logger;
  readonly #prices: StripePrices;

  constructor(client: () => Stripe, logger: Logger) {
    this.#client = client;
    this.#logger = logger;
    this.#prices = new StripePrices(client);
  }

  subscribe(request: NewSubscription): Promise<DirectSubscription> {
    const { subscriptionId, offer } = request;
    const begin = async (price: string): Promise<DirectSubscription> => {
      try {
        const { id } = await this.#client().subscriptions.create(
          {
            customer: knownCustomer(request),
            items: [{ price }],
            currency: offer.currency,
            cancel_at_period_end: offer.interval === 'term',
            // If the payment fails, Stripe creates no subscription, so nothing is left to clean up.
            payment_behavior: 'error_if_incomplete',
            off_session: true,
            metadata: metadataOf(request),
          },
          // Another price makes another call. Before a retry, the caller looks for the subscription of an earlier try.
          { idempotencyKey: `${subscriptionId}_${price}` },
        );
        return { status: 'paid', providerSubscriptionId: id };
      } catch (error) {
        return { status: 'declined', declined: declineOf(error) };
      }
    };
    return callStripe(() => this.#withPrice(offer, begin));
  }

  async openCheckout(request: SubscriptionCheckout): Promise<Checkout> {
    const { orderId, offer, successUrl, cancelUrl, promotionCodeId, expiresAt } = request;
    const metadata = metadataOf(request);
    const open = (price: string) =>
      this.#client().checkout.sessions.create(
        ...keyedBy(orderId, {
          mode: 'subscription' as const,
          customer: knownCustomer(request),
          currency: offer.currency,
          line_items: [{ price, quantity: 1 }],
          client_reference_id: orderId,
          metadata,
          subscription_data: { metadata },
          ...(promotionCodeId && { discounts: [{ promotion_code: promotionCodeId }] }),
          success_url: successUrl,
          cancel_url: cancelUrl,
          ...(expiresAt && { expires_at: secondsOf(expiresAt) }),
        }),
      );
    const session = await callStripe(() => this.#withPrice(offer, open));
    if (!session.url) throw providerRefused(new Error(`session ${session.id} has no url`));
    const discountMinor = session.total_details?.amount_discount ?? 0;
    return { sessionId: session.id, url: session.url, expiresAt: isoTime(session.expires_at * 1000), discountMinor };
  }

  async fetchCheckout(sessionId: string) {
    const session = await callStripe(() => this.#client().checkout.sessions.retrieve(sessionId));
    return { providerSubscriptionId: idOf(session.subscription), isExpired: session.status === 'expired' };
  }

  fetch(providerSubscriptionId: string): Promise<SubscriptionTruth> {
    return callStripe(async () => {
      // Read the subscription first: if it has ended, the paid invoices that are read afterwards are complete.
      const subscription = await this.#client().subscriptions.retrieve(providerSubscriptionId, {
        expand: ['latest_invoice.payments'],
      });
      const { data } = await this.#client().invoices.list({
        subscription: providerSubscriptionId,
        status: 'paid',
        limit: INVOICES_LOOKED_AT,
        expand: ['data.payments'],
      });
      const paidInvoices = await Promise.all(data.toReversed().map((invoice) => this.#paidInvoice(invoice)));
      const [item] = subscription.items.data;
      const next = item ? await this.#prices.periodOf(item.price.id) : null;
      const lastPaymentError = await this.#lastErrorOf(subscription.latest_invoice);
      return { ...subscriptionTruth(subscription), next, paidInvoices, lastPaymentError };
    });
  }

  async findId(customerId: string | null, subscriptionId: string): Promise<string | null> {
    const subscriptions = await callStripe(async () => {
      try {
        return await this.#client()
          .subscriptions.list({ customer: knownCustomer({ customerId }), status: 'all', limit: 100 })
          .autoPagingToArray({ limit: MAX_SUBSCRIPTIONS });
      } catch (error) {
        // Stripe ends all subscriptions of a customer that is deleted.
        if (isMissing(error)) return [];
        throw error;
      }
    });
    return subscriptions.find(({ metadata }) => metadata.subscriptionId === subscriptionId)?.id ?? null;
  }

  async setCancelAtPeriodEnd(providerSubscriptionId: string, cancelAtPeriodEnd: boolean): Promise<void> {
    await callStripe(() =>
      this.#client().subscriptions.update(providerSubscriptionId, { cancel_at_period_end: cancelAtPeriodEnd }),
    );
  }

  changePlan(providerSubscriptionId: string, offer: PlanOffer): Promise<{ declined: PaymentError | null }> {
    const change = async (price: string): Promise<{ declined: PaymentError | null }> => {
      const { items } = await this.#client().subscriptions.retrieve(providerSubscriptionId);
      const [item] = items.data;
      if (!item) throw new Error(`subscription ${providerSubscriptionId} has no item`);
      if (item.price.id === price) return { declined: null };
      try {
        await this.#client().subscriptions.update(providerSubscriptionId, {
          items: [{ id: item.id, price }],
          proration_behavior: 'none',
          payment_behavior: 'error_if_incomplete',
        });
        return { declined: null };
      } catch (error) {
        return { declined: declineOf(error) };
      }
    };
    return callStripe(() => this.#withPrice(offer, change));
  }

  /** Calls with the price of an offer. Creates the price again, once, if it was archived or deleted at Stripe. */
  async #withPrice<T>(offer: PlanOffer, call: (price: string) => Promise<T>): Promise<T> {
    const price = await this.#prices.ensure(offer);
    try {
      return await call(price);
    } catch (error) {
      if (lostIn(error) !== 'price') throw error;
      this.#logger.warn('a price was gone at Stripe and is made again', { priceId: price, planSlug: offer.planSlug });
      return call(await this.#prices.replace(offer, price));
    }
  }

  /**
   * Returns why an invoice, with its payments expanded, is not paid. Fetches the payment intent, because it lies too
   * deep in the invoice to be expanded.
   */
  async #lastErrorOf(invoice: string | Stripe.Invoice | null): Promise<PaymentError | null> {
    if (invoice === null || typeof invoice === 'string' || invoice.status === 'paid') return null;
    const id = idOf(invoice.payments?.data[0]?.payment.payment_intent);
    const error = id === null ? null : (await this.#client().paymentIntents.retrieve(id)).last_payment_error;
    return error && { code: error.decline_code ?? error.code ?? error.type, message: error.message ?? NOT_PAID };
  }

  /**
   * Looks for the line of a whole period among all lines of an invoice. The invoice object has only the first lines,
   * which may all settle changes within a period.
   */
  async #wholePeriodAmongAll({ id, lines }: Stripe.Invoice): Promise<Stripe.InvoiceLineItem | undefined> {
    if (!lines.has_more) return undefined;
    return wholePeriodIn(
      await this.#client().invoices.listLineItems(id, { limit: 100 }).autoPagingToArray({ limit: MAX_LINES }),
    );
  }

  async #paidInvoice(invoice: Stripe.Invoice): Promise<PaidInvoice> {
    const whole = wholePeriodIn(invoice.lines.data) ?? (await this.#wholePeriodAmongAll(invoice));
    const line = whole && paysFor(invoice, whole) ? whole : undefined;
    const price = line?.pricing?.price_details?.price;
    const period = price === undefined ? null : await this.#prices.periodOf(idOf(price) ?? '');
    return {
      id: invoice.id,
      paymentId: paymentOf(invoice),
      paidAt: isoTime((invoice.status_transitions.paid_at ?? invoice.created) * 1000),
      amountPaidMinor: invoice.amount_paid,
      taxAmountMinor: invoice.total_taxes?.reduce((sum, { amount }) => sum + amount, 0) ?? 0,
      url: invoice.hosted_invoice_url ?? null,
      period: period && line ? { ...period, endsAt: isoTime(line.period.end * 1000) } : null,
      isFirst: invoice.billing_reason === 'subscription_create',
    };
  }
}

function metadataOf({ subscriptionId, orderId, accountId, seal }: NewSubscription) {
  return { subscriptionId, orderId, accountId, ...seal };
}

/** Finds the line that pays for a whole period; lines that settle a change within a period are prorations. */
export function wholePeriodIn(lines: readonly Stripe.InvoiceLineItem[]): Stripe.InvoiceLineItem | undefined {
  return lines.find(({ parent }) => parent?.subscription_item_details?.proration === false);
}

/**
 * Returns true if an invoice pays for the whole period of one of its lines. An invoice that gives money back doesn't.
 * An invoice over 0 does only if a discount takes off the whole price: a trial has no price, and a line that is set off
 * against the rest of another period was paid before.
 */
export function paysFor(
  { total, subtotal, billing_reason: reason }: Pick<Stripe.Invoice, 'total' | 'subtotal' | 'billing_reason'>,
  { amount }: Pick<Stripe.InvoiceLineItem, 'amount'>,
): boolean {
  if (amount <= 0 || total < 0) return false;
  if (total > 0) return true;
  return subtotal >= amount && (reason === 'subscription_create' || reason === 'subscription_cycle');
}

/** Translates a subscription, except for the fields that come from its prices and invoices. */
export function subscriptionTruth(
  subscription: Stripe.Subscription,
): Omit<SubscriptionTruth, 'next' | 'paidInvoices' | 'lastPaymentError'> {
  const [item] = subscription.items.data;
  const { subscriptionId } = subscription.metadata;
  return {
    providerSubscriptionId: subscription.id,
    subscriptionId: isSubscriptionId(subscriptionId) ? subscriptionId : null,
    metadata: subscription.metadata,
    currency: subscription.currency,
    customerId: idOf(subscription.customer) ?? '',
    status: STATUSES[subscription.status] ?? 'past_due',
    // A date on which the subscription ends counts, too: the portal and the dashboard can set such a date.
    cancelAtPeriodEnd: subscription.cancel_at_period_end || subscription.cancel_at !== null,
    currentPeriodStartAt: item ? isoTime(item.current_period_start * 1000) : null,
    currentPeriodEndAt: item ? isoTime(item.current_period_end * 1000) : null,
    endedAt: subscription.ended_at === null ? null : isoTime(subscription.ended_at * 1000),
  };
}

const STATUSES: Readonly<Record<string, SubscriptionStatus>> = {
  incomplete: 'pending',
  incomplete_expired: 'failed',
  active: 'active',
  trialing: 'active',
  past_due: 'past_due',
  unpaid: 'past_due',
  paused: 'past_due',
  canceled: 'canceled',
};

const NOT_PAID = 'The payment failed.';

/** Translates a declined card into an answer; rethrows every other error. */
function declineOf(error: unknown): PaymentError {
  if (!(error instanceof Stripe.errors.StripeCardError)) throw error;
  return { code: error.decline_code ?? error.code ?? error.type, message: error.message };
}

function paymentOf(invoice: Stripe.Invoice): string | null {
  const paid = invoice.payments?.data.find(({ status }) => status === 'paid');
  return idOf(paid?.payment.payment_intent);
}

function idOf(field: string | { id: string } | null | undefined): string | null {
  return typeof field === 'string' ? field : (field?.id ?? null);
}
