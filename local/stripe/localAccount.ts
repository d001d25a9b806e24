import type { ListPage } from './api/pagination.ts';
import type { Clock } from './clock.ts';
import { Collection } from './collection.ts';
import { validateEvent } from './contract/validate.ts';
import { ContractViolation } from './contractViolation.ts';
import { createId } from './ids.ts';
import { type Stripe, stripeApiVersion } from './installedStripe.ts';
import type { TestCardName } from './testCards.ts';

/** A price as it travels: the SDK's type has a class where JSON has a string. */
export type WirePrice = Omit<Stripe.Price, 'unit_amount_decimal' | 'currency_options'> & {
  unit_amount_decimal: string | null;
};

/** A plan, the older view of a recurring price, as it travels. */
export type WirePlan = Omit<Stripe.Plan, 'amount_decimal'> & { amount_decimal: string | null };

/** What a price costs in another of its currencies, as it travels. */
export type WireCurrencyOptions = Omit<Stripe.Price.CurrencyOptions, 'unit_amount_decimal'> & {
  unit_amount_decimal: string | null;
};

/** What a subscription subscribes to, as it travels. */
export type WireSubscriptionItem = Omit<Stripe.SubscriptionItem, 'price' | 'plan'> & {
  price: WirePrice;
  plan: WirePlan;
};

/** A subscription as it travels. */
export type WireSubscription = Omit<Stripe.Subscription, 'items'> & { items: ListPage<WireSubscriptionItem> };

/** A line of an invoice as it travels. */
export type WireInvoiceLine = Omit<Stripe.InvoiceLineItem, 'pricing' | 'quantity_decimal'> & {
  pricing:
    | (Omit<Stripe.InvoiceLineItem.Pricing, 'unit_amount_decimal'> & { unit_amount_decimal: string | null })
    | null;
  quantity_decimal: string | null;
};

/** An invoice as it travels. */
export type WireInvoice = Omit<Stripe.Invoice, 'lines'> & { lines: ListPage<WireInvoiceLine> };

/** A line of a Checkout session as it travels. */
export type WireLineItem = Omit<Stripe.LineItem, 'price'> & { price: WirePrice };

/** An event before it is known which of Stripe's many event types it is. */
export type WireEvent = Omit<Stripe.Event, 'type' | 'data'> & {
  type: string;
  data: { object: object; previous_attributes?: object };
};

/** Whose call caused an event; both null for what happens outside the API, such as a payment on a page. */
export interface EventCause {
  id: string | null;
  idempotency_key: string | null;
}

const NO_CAUSE: EventCause = { id: null, idempotency_key: null };

/** Everything that one Stripe account holds, in memory. */
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
  /** Ids of customers that were deleted: they are still told of as such. */
  readonly deletedCustomerIds = new Set<string>();
  /** What a price costs in its other currencies, by price id: sent only on demand. */
  readonly currencyOptions = new Map<string, Record<string, WireCurrencyOptions>>();
  /** All lines of each invoice, which itself is sent with the first ones only. */
  readonly invoiceLines = new Map<string, WireInvoiceLine[]>();
  /** Prorations that wait for the next invoice, by subscription id. */
  readonly pendingLines = new Map<string, WireInvoiceLine[]>();
  /** Lines of each Checkout session, by session id. */
  readonly lineItems = new Map<string, WireLineItem[]>();
  /** How a payment method behaves that was made from a test card, by its id. */
  readonly testCardByMethod = new Map<string, TestCardName>();
  readonly clock: Clock;
  /** Base of the URLs of pages, for example `http://127.0.0.1:12111`. */
  publicUrl = '';
  /** Called with each event, in order, once it is recorded. */
  onEvent: (event: WireEvent) => void = () => {};
  #cause: EventCause = NO_CAUSE;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Runs a call (synchronous, hence atomic); its events will name it as their cause. */
  causedBy<T>(cause: EventCause, call: () => T): T {
    this.#cause = cause;
    try {
      return call();
    } finally {
      this.#cause = NO_CAUSE;
    }
  }

  /**
   * Records an event with a snapshot of the object as it is now.
   *
   * @param previous the attributes that changed, with their former values; for events that tell of a change
   * @throws ContractViolation when the object is not what Stripe would send
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

  /** Finds an object of any kind. */
  find(id: string): object | undefined {
    for (const collection of this.#collections()) {
      const object = collection.find(id);
      if (object) return object;
    }
    return undefined;
  }

  /** Forgets everything. */
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
