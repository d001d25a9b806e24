import type { ListPage } from './api/pagination.ts';
import type { Clock } from './clock.ts';
import { Collection } from './collection.ts';
import { validateEvent } from './contract/validate.ts';
import { ContractViolation } from './contractViolation.ts';
import { createId } from './ids.ts';
import { type Stripe, stripeApiVersion } from './installedStripe.ts';
import type { TestCardName } from './testCards.ts';

// The types named `Wire…` are Stripe's objects as JSON. The SDK's types have a class for decimals, and JSON a string.

/** A price as JSON. */
export type WirePrice = Omit<Stripe.Price, 'unit_amount_decimal' | 'currency_options'> & {
  unit_amount_decimal: string | null;
};

/** A plan as JSON; a plan is the older view of a recurring price. */
export type WirePlan = Omit<Stripe.Plan, 'amount_decimal'> & { amount_decimal: string | null };

/** The amount of a price in one of its other currencies, as JSON. */
export type WireCurrencyOptions = Omit<Stripe.Price.CurrencyOptions, 'unit_amount_decimal'> & {
  unit_amount_decimal: string | null;
};

/** An item of a subscription, with its price, as JSON. */
export type WireSubscriptionItem = Omit<Stripe.SubscriptionItem, 'price' | 'plan'> & {
  price: WirePrice;
  plan: WirePlan;
};

/** A subscription as JSON. */
export type WireSubscription = Omit<Stripe.Subscription, 'items'> & { items: ListPage<WireSubscriptionItem> };

/** A line of an invoice as JSON. */
export type WireInvoiceLine = Omit<Stripe.InvoiceLineItem, 'pricing' | 'quantity_decimal'> & {
  pricing:
    | (Omit<Stripe.InvoiceLineItem.Pricing, 'unit_amount_decimal'> & { unit_amount_decimal: string | null })
    | null;
  quantity_decimal: string | null;
};

/** An invoice as JSON. */
export type WireInvoice = Omit<Stripe.Invoice, 'lines'> & { lines: ListPage<WireInvoiceLine> };

/** A line of a Checkout session as JSON. */
export type WireLineItem = Omit<Stripe.LineItem, 'price'> & { price: WirePrice };

/** An event of any of Stripe's types. */
export type WireEvent = Omit<Stripe.Event, 'type' | 'data'> & {
  type: string;
  data: { object: object; previous_attributes?: object };
};

/** The API call that caused an event. Both fields are null if no API call did, for example for a payment on a page. */
export interface EventCause {
  id: string | null;
  idempotency_key: string | null;
}

const NO_CAUSE: EventCause = { id: null, idempotency_key: null };

/** One Stripe account: all its objects, in memory. */
export class LocalAccount {
  readonly balanceTransactions = new Collection<Stripe.BalanceTransaction>('balance_transaction');
  readonly charges = new Collection<Stripe.Charge>('charge');
  readonly coupons = new Collection<Stripe.Coupon>('coupon');
  readonly customers = new Collection<Stripe.Customer>('customer');
  readonly disputes = new Collection<Stripe.Dispute>('dispute');
  readonly events = new Collection<WireEvent>('event');
  readonly invoicePayments = new Collection<Stripe.InvoicePayment>('invoice_payment');
  readonly invoices = new Collection<WireInvoice>('invoice');
  readonly paymentIntents = new Collection<Stripe.PaymentIntent>('payment_intent');
  readonly paymentMethods = new Collection<Stripe.PaymentMethod>('PaymentMethod');
  readonly prices = new Collection<WirePrice>('price');
  readonly products = new Collection<Stripe.Product>('product');
  readonly promotionCodes = new Collection<Stripe.PromotionCode>('promotion code');
  readonly refunds = new Collection<Stripe.Refund>('refund');
  readonly portalConfigurations = new Collection<Stripe.BillingPortal.Configuration>('configuration');
  readonly portalSessions = new Collection<Stripe.BillingPortal.Session>('billing_portal.session');
  readonly sessions = new Collection<Stripe.Checkout.Session>('checkout.session');
  readonly setupIntents = new Collection<Stripe.SetupIntent>('setupintent');
  readonly subscriptions = new Collection<WireSubscription>('subscription');
  readonly taxIds = new Collection<Stripe.TaxId>('tax_id');
  readonly testClocks = new Collection<Stripe.TestHelpers.TestClock>('test_clock');
  readonly webhookEndpoints = new Collection<Stripe.WebhookEndpoint>('webhook endpoint');
  /** Ids of deleted customers, because the API still answers requests for a deleted customer. */
  readonly deletedCustomerIds = new Set<string>();
  /** Amounts of prices in their other currencies, by price id; sent only to callers that ask to expand them. */
  readonly currencyOptions = new Map<string, Record<string, WireCurrencyOptions>>();
  /** All lines of each invoice, by invoice id; the invoice object has only the first lines. */
  readonly invoiceLines = new Map<string, WireInvoiceLine[]>();
  /** Prorations to put on the next invoice, by subscription id. */
  readonly pendingLines = new Map<string, WireInvoiceLine[]>();
  /** Lines of each Checkout session, by session id. */
  readonly lineItems = new Map<string, WireLineItem[]>();
  /** The test card that each payment method was made from, by payment method id; it decides how payments go. */
  readonly testCardByMethod = new Map<string, TestCardName>();
  readonly clock: Clock;
  /** Base of the URLs of pages, for example `http://127.0.0.1:12111`. */
  publicUrl = '';
  /** Called with each event, in order, after the event is recorded. */
  onEvent: (event: WireEvent) => void = () => {};
  #cause: EventCause = NO_CAUSE;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Runs a synchronous, hence atomic, call; the events of the call name `cause`. */
  causedBy<T>(cause: EventCause, call: () => T): T {
    this.#cause = cause;
    try {
      return call();
    } finally {
      this.#cause = NO_CAUSE;
    }
  }

  /**
   * Records an event with a copy of the object in its present state.
   *
   * @param previous former values of the attributes that changed; only for events about a change
   * @throws ContractViolation when Stripe would not send such an object
   */
  emit(type: Stripe.Event['type'], object: object, previous?: object): void {
    const event: WireEvent = {
      id: createId('evt_1'),
      object: 'event',
      api_version: stripeApiVersion,
      created: this.clock.nowSeconds(),
      data: { object: structuredClone(object), ...(previous && { previous_attributes: structuredClone(previous) }) },
      livemode: false,
      pending_webhooks: 0,
      request: this.#cause,
      type,
    };
    const errors = validateEvent(event);
    if (errors.length > 0) throw new ContractViolation(`The event ${type}`, errors);
    this.events.add(event);
    this.onEvent(event);
  }

  /** Returns the object with an id, of any kind; undefined if no object has the id. */
  find(id: string): object | undefined {
    for (const collection of this.#collections()) {
      const object = collection.find(id);
      if (object) return object;
    }
    return undefined;
  }

  /** Removes all objects and resets the clock. */
  clear(): void {
    for (const collection of this.#collections()) collection.clear();
    this.deletedCustomerIds.clear();
    this.currencyOptions.clear();
    this.invoiceLines.clear();
    this.pendingLines.clear();
    this.lineItems.clear();
    this.testCardByMethod.clear();
    this.clock.reset();
  }

  #collections(): Collection<{ id: string; created: number }>[] {
    return Object.values(this).filter((value) => value instanceof Collection);
  }
}
