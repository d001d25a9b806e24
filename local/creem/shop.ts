import { newId } from './ids.ts';
import type {
  Checkout,
  CreemEvent,
  Customer,
  Order,
  Product,
  Subscription,
  SubscriptionStatus,
  Transaction,
} from './objects.ts';
import { seededProducts } from './products.ts';

/** A validated request to open a checkout. */
export interface NewCheckout {
  readonly productId: string;
  readonly requestId: string | undefined;
  readonly customPrice: number | undefined;
  readonly customer: { readonly id?: string; readonly email?: string } | undefined;
  readonly successUrl: string | undefined;
  readonly metadata: Record<string, unknown> | undefined;
}

/** The payer of a checkout, from the form of the payment page. */
export interface Payer {
  readonly email: string;
  /** Tax that is added to the price, in percent. */
  readonly taxPercent: number;
}

const REFUNDABLE: readonly Transaction['status'][] = ['paid', 'partialRefund'];

/** One merchant's shop at Creem: all its objects, and every change that can happen to them. */
export class Shop {
  readonly products = new Map<string, Product>();
  readonly customers = new Map<string, Customer>();
  readonly checkouts = new Map<string, Checkout>();
  readonly orders = new Map<string, Order>();
  readonly transactions = new Map<string, Transaction>();
  readonly subscriptions = new Map<string, Subscription>();
  readonly events: CreemEvent[] = [];
  readonly #nowMs: () => number;
  readonly #emit: (event: CreemEvent) => void;
  /** Email address that each checkout was opened for; the page of the checkout accepts no other payer. */
  readonly #payerOf = new Map<string, string>();
  /** State of each disputed transaction before its dispute. */
  readonly #beforeDispute = new Map<string, Pick<Transaction, 'status' | 'refunded_amount'>>();

  constructor(nowMs: () => number, emit: (event: CreemEvent) => void) {
    this.#nowMs = nowMs;
    this.#emit = emit;
    for (const product of seededProducts(this.#now())) this.products.set(product.id, product);
  }

  openCheckout(request: NewCheckout, pageUrl: (id: string) => string): Checkout {
    const id = newId('ch');
    const { requestId, customPrice, customer, metadata } = request;
    const checkout: Checkout = {
      id,
      mode: 'test',
      object: 'checkout',
      status: 'pending',
      ...(requestId !== undefined && { request_id: requestId }),
      product: request.productId,
      units: 1,
      ...(customPrice !== undefined && { custom_price: customPrice }),
      ...(customer?.id && { customer: customer.id }),
      checkout_url: pageUrl(id),
      success_url: request.successUrl ?? null,
      ...(metadata && { metadata }),
    };
    const email = customer?.email ?? this.customers.get(customer?.id ?? '')?.email;
    if (email) this.#payerOf.set(id, email);
    this.checkouts.set(id, checkout);
    return checkout;
  }

  /** Returns the email address that a checkout was opened with; undefined when the payer types an address. */
  emailFor(checkoutId: string): string | undefined {
    return this.#payerOf.get(checkoutId);
  }

  /** Returns the amount of a checkout without tax, in cents. */
  amountOf({ custom_price, product }: Checkout): number {
    return custom_price ?? this.productOf(product).price;
  }

  /** Pays a checkout; if its product is recurring, a subscription starts. */
  pay(checkout: Checkout, payer: Payer): void {
    const product = this.productOf(checkout.product);
    const customer = this.#customerAt(payer.email);
    const isRecurring = product.billing_type === 'recurring';
    const subscription = isRecurring ? this.#subscribe(checkout, product, customer) : null;
    const transaction = this.#charge(this.amountOf(checkout), product, customer, payer.taxPercent, subscription);
    const order = this.#order(transaction, product);
    transaction.order = order.id;
    Object.assign(checkout, { status: 'completed', order: order.id, customer: customer.id });
    if (subscription) checkout.subscription = subscription.id;
    this.emit('checkout.completed', this.wholeCheckout(checkout));
    if (!subscription) return;
    this.emit('subscription.active', this.wholeSubscription(subscription));
    this.emit('subscription.paid', this.wholeSubscription(subscription));
  }

  expireCheckout(checkout: Checkout): void {
    checkout.status = 'expired';
  }

  /** Starts the next period of a subscription and charges for the period. */
  renew(subscription: Subscription): Transaction {
    const product = this.productOf(subscription.product);
    const customer = this.customerOf(subscription.customer);
    const start = subscription.current_period_end_date;
    Object.assign(subscription, {
      status: 'active',
      current_period_start_date: start,
      current_period_end_date: endOfPeriod(product, start),
      next_transaction_date: endOfPeriod(product, start),
      updated_at: this.#now(),
    });
    const transaction = this.#charge(product.price, product, customer, 0, subscription);
    this.emit('subscription.paid', this.wholeSubscription(subscription));
    return transaction;
  }

  /** Sets the status of a subscription and emits an event about the change. */
  changeSubscription(subscription: Subscription, status: SubscriptionStatus, eventType: string): void {
    const endsIt = status === 'canceled' || status === 'scheduled_cancel';
    Object.assign(subscription, { status, canceled_at: endsIt ? this.#now() : null, updated_at: this.#now() });
    if (status !== 'active' && status !== 'past_due') delete subscription.next_transaction_date;
    this.emit(eventType, this.wholeSubscription(subscription));
  }

  /** Ends the current period without a payment. The subscription itself ends only when it is canceled. */
  expireSubscription(subscription: Subscription): void {
    Object.assign(subscription, { current_period_end_date: this.#now(), updated_at: this.#now() });
    this.emit('subscription.expired', this.wholeSubscription(subscription));
  }

  /** Returns the amount of a transaction that can still be refunded, in cents. */
  refundableOf({ status, amount_paid, refunded_amount }: Transaction): number {
    return REFUNDABLE.includes(status) ? amount_paid - (refunded_amount ?? 0) : 0;
  }

  refund(transaction: Transaction, amount: number): void {
    transaction.refunded_amount = (transaction.refunded_amount ?? 0) + amount;
    transaction.status = transaction.refunded_amount >= transaction.amount_paid ? 'refunded' : 'partialRefund';
    this.emit('refund.created', {
      id: newId('ref'),
      mode: 'test',
      object: 'refund',
      status: 'succeeded',
      refund_amount: amount,
      refund_currency: transaction.currency,
      reason: 'requested_by_customer',
      ...this.#around(transaction),
      created_at: this.#nowMs(),
    });
  }

  /** Disputes a payment: the bank takes all of the money back, and Creem counts the payment as refunded too. */
  dispute(transaction: Transaction): void {
    const { id, status, refunded_amount } = transaction;
    if (!this.#beforeDispute.has(id)) this.#beforeDispute.set(id, { status, refunded_amount });
    Object.assign(transaction, { status: 'chargedBack', refunded_amount: transaction.amount_paid });
    this.emit('dispute.created', {
      id: newId('disp'),
      mode: 'test',
      object: 'dispute',
      amount: transaction.amount_paid,
      currency: transaction.currency,
      ...this.#around(transaction),
      created_at: this.#nowMs(),
    });
  }

  /**
   * Wins a dispute: the bank returns the money, except the part that was refunded to the customer before the dispute.
   * Creem has no event for a won dispute.
   */
  winDispute(transaction: Transaction): void {
    Object.assign(transaction, this.#beforeDispute.get(transaction.id));
    this.#beforeDispute.delete(transaction.id);
  }

  /** Returns a checkout as the API shows it: product, order, customer and subscription are included as objects. */
  wholeCheckout(checkout: Checkout) {
    const { order, customer, subscription, product } = checkout;
    const whole = subscription === undefined ? undefined : this.subscriptions.get(subscription);
    return {
      ...checkout,
      product: this.productOf(product),
      ...(order !== undefined && { order: this.orders.get(order) }),
      ...(customer !== undefined && { customer: this.customers.get(customer) }),
      ...(whole && { subscription: whole }),
    };
  }

  /** Returns a subscription as the API shows it: product and customer are included as objects. */
  wholeSubscription(subscription: Subscription) {
    return {
      ...subscription,
      product: this.productOf(subscription.product),
      customer: this.customerOf(subscription.customer),
    };
  }

  /** @throws Error if the product doesn't exist */
  productOf(id: string): Product {
    const product = this.products.get(id);
    if (!product) throw new Error(`Product ${id} does not exist.`);
    return product;
  }

  /** @throws Error if the customer doesn't exist */
  customerOf(id: string): Customer {
    const customer = this.customers.get(id);
    if (!customer) throw new Error(`Customer ${id} does not exist.`);
    return customer;
  }

  /** Records an event with a copy of the object in its present state, and hands the event to the webhooks. */
  emit(eventType: string, object: unknown): void {
    const event = { id: newId('evt'), eventType, created_at: this.#nowMs(), object: structuredClone(object) };
    this.events.push(event);
    this.#emit(event);
  }

  /** Returns the transaction with the objects that belong to it, as events of refunds and disputes include them. */
  #around(transaction: Transaction) {
    const order = this.orders.get(transaction.order ?? '');
    const subscription = this.subscriptions.get(transaction.subscription ?? '');
    const checkout = [...this.checkouts.values()].find((candidate) => candidate.order === transaction.order);
    return {
      transaction,
      ...(subscription && { subscription }),
      ...(checkout && { checkout: { ...checkout, order: undefined } }),
      ...(order && { order }),
      customer: this.customerOf(transaction.customer),
    };
  }

  /** Returns the customer with an email address; creates the customer if it doesn't exist. */
  #customerAt(email: string): Customer {
    const known = [...this.customers.values()].find((customer) => customer.email === email.toLowerCase());
    if (known) return known;
    const now = this.#now();
    const id = newId('cust');
    const common = { id, mode: 'test', object: 'customer', created_at: now, updated_at: now } as const;
    const customer: Customer = { ...common, email: email.toLowerCase(), name: null, country: 'NL' };
    this.customers.set(id, customer);
    return customer;
  }

  #subscribe(checkout: Checkout, product: Product, customer: Customer): Subscription {
    const now = this.#now();
    const subscription: Subscription = {
      id: newId('sub'),
      mode: 'test',
      object: 'subscription',
      product: product.id,
      customer: customer.id,
      collection_method: 'charge_automatically',
      status: 'active',
      next_transaction_date: endOfPeriod(product, now),
      current_period_start_date: now,
      current_period_end_date: endOfPeriod(product, now),
      canceled_at: null,
      created_at: now,
      updated_at: now,
      ...(checkout.metadata && { metadata: checkout.metadata }),
    };
    this.subscriptions.set(subscription.id, subscription);
    return subscription;
  }

  #charge(
    amount: number,
    product: Product,
    customer: Customer,
    taxPercent: number,
    subscription: Subscription | null,
  ): Transaction {
    const tax = Math.round((amount * taxPercent) / 100);
    const transaction: Transaction = {
      id: newId('tran'),
      mode: 'test',
      object: 'transaction',
      amount,
      amount_paid: amount + tax,
      discount_amount: 0,
      currency: product.currency,
      type: subscription ? 'invoice' : 'payment',
      tax_country: customer.country,
      tax_amount: tax,
      status: 'paid',
      refunded_amount: null,
      order: null,
      subscription: subscription?.id ?? null,
      customer: customer.id,
      description: subscription ? 'Subscription payment' : 'Payment',
      ...(subscription && {
        period_start: Date.parse(subscription.current_period_start_date),
        period_end: Date.parse(subscription.current_period_end_date),
      }),
      created_at: this.#nowMs(),
    };
    this.transactions.set(transaction.id, transaction);
    if (subscription) {
      Object.assign(subscription, { last_transaction_id: transaction.id, last_transaction_date: this.#now() });
    }
    return transaction;
  }

  #order(transaction: Transaction, product: Product): Order {
    const now = this.#now();
    const order: Order = {
      id: newId('ord'),
      mode: 'test',
      object: 'order',
      customer: transaction.customer,
      product: product.id,
      transaction: transaction.id,
      discount: null,
      amount: transaction.amount,
      sub_total: transaction.amount,
      tax_amount: transaction.tax_amount,
      discount_amount: 0,
      amount_due: transaction.amount_paid,
      amount_paid: transaction.amount_paid,
      currency: transaction.currency,
      status: 'paid',
      type: product.billing_type,
      created_at: now,
      updated_at: now,
    };
    this.orders.set(order.id, order);
    return order;
  }

  #now(): string {
    return new Date(this.#nowMs()).toISOString();
  }
}

/** Returns the end of the billing period that begins at `start`. */
function endOfPeriod({ billing_period }: Product, start: string): string {
  const end = new Date(start);
  if (billing_period === 'every-year') end.setUTCFullYear(end.getUTCFullYear() + 1);
  else end.setUTCMonth(end.getUTCMonth() + 1);
  return end.toISOString();
}
