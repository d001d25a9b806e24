import {
  type Fields,
  isObject,
  numeral,
  object,
  oneOf,
  parseObject,
  problemsWith,
  text,
  url,
  wholeNumber,
} from './fields.ts';
import type { Transaction } from './objects.ts';
import { ok, type Reply, refusal } from './reply.ts';
import type { NewCheckout, Shop } from './shop.ts';

/** A request to the API. */
export interface ApiRequest {
  readonly method: string;
  /** Address of the request, including its query. */
  readonly url: URL;
  readonly body: string;
}

type Given = Readonly<Record<string, unknown>>;
/** Handles a request; `id` is the part of the path that `*` stands for in the route. */
type Handler = (shop: Shop, given: Given, id: string, request: ApiRequest) => Reply;

interface Route extends Fields {
  readonly handle: Handler;
}

const MAX_PAGE_SIZE = 100;
const DEFAULT_PAGE_SIZE = 10;

/** The routes of Creem's API that the stand-in has, with the parameters that each route accepts. */
const ROUTES: Readonly<Record<string, Route>> = {
  'GET /v1/products/*': {
    handle: (shop, _given, id) => found(shop.products.get(id), 'Product'),
  },
  'POST /v1/checkouts': {
    required: { product_id: text },
    optional: {
      request_id: text,
      units: wholeNumber(1, 1),
      custom_price: wholeNumber(100, 99_999_999),
      customer: object,
      success_url: url,
      metadata: object,
    },
    handle: createCheckout,
  },
  'GET /v1/checkouts': {
    required: { checkout_id: text },
    handle: (shop, { checkout_id }) => {
      const checkout = shop.checkouts.get(String(checkout_id));
      return found(checkout && shop.wholeCheckout(checkout), 'Checkout');
    },
  },
  'GET /v1/transactions': {
    required: { transaction_id: text },
    handle: (shop, { transaction_id }) => found(shop.transactions.get(String(transaction_id)), 'Transaction'),
  },
  'GET /v1/transactions/search': {
    optional: { customer_id: text, order_id: text, product_id: text, page_number: numeral, page_size: numeral },
    handle: searchTransactions,
  },
  'POST /v1/refunds': {
    required: { transaction_id: text },
    handle: (shop, { transaction_id }) => {
      const transaction = shop.transactions.get(String(transaction_id));
      if (!transaction) return refusal(404, 'Transaction not found');
      const left = shop.refundableOf(transaction);
      if (left === 0) return refusal(400, 'Transaction can not be refunded');
      shop.refund(transaction, left);
      return ok({ status: 'succeeded' });
    },
  },
  'GET /v1/subscriptions': {
    required: { subscription_id: text },
    handle: (shop, { subscription_id }) => subscriptionReply(shop, String(subscription_id)),
  },
  'POST /v1/subscriptions/*/cancel': {
    optional: { mode: oneOf('immediate', 'scheduled'), onExecute: oneOf('cancel', 'pause') },
    handle: (shop, { mode }, id) => {
      const subscription = shop.subscriptions.get(id);
      if (!subscription) return refusal(404, 'Subscription not found');
      if (subscription.status === 'canceled') return refusal(400, 'Subscription is already canceled');
      const isScheduled = mode === 'scheduled';
      const status = isScheduled ? 'scheduled_cancel' : 'canceled';
      shop.changeSubscription(subscription, status, `subscription.${status}`);
      return subscriptionReply(shop, id);
    },
  },
  'POST /v1/subscriptions/*/resume': {
    handle: (shop, _given, id) => {
      const subscription = shop.subscriptions.get(id);
      if (!subscription) return refusal(404, 'Subscription not found');
      if (subscription.status !== 'scheduled_cancel') return refusal(400, 'Subscription can not be resumed');
      shop.changeSubscription(subscription, 'active', 'subscription.update');
      return subscriptionReply(shop, id);
    },
  },
  'GET /v1/customers': {
    required: { customer_id: text },
    handle: (shop, { customer_id }) => found(shop.customers.get(String(customer_id)), 'Customer'),
  },
  'POST /v1/customers/billing': {
    required: { customer_id: text },
    handle: (shop, { customer_id }, _id, request) => {
      const customer = shop.customers.get(String(customer_id));
      if (!customer) return refusal(404, 'Customer not found');
      return ok({ customer_portal_link: `${request.url.origin}/my-orders/login/${customer.id}` });
    },
  },
};

/** Answers a request to `/v1`. The caller has checked the API key. */
export function handleApiRequest(shop: Shop, request: ApiRequest): Reply {
  const { method, url: address, body } = request;
  const id =
    /^\/v1\/(?:products\/(\w+)|subscriptions\/(\w+)\/\w+)$/.exec(address.pathname)?.slice(1).find(Boolean) ?? '';
  const path = id ? address.pathname.replace(id, '*') : address.pathname;
  const route = Object.hasOwn(ROUTES, `${method} ${path}`) ? ROUTES[`${method} ${path}`] : undefined;
  if (!route) return refusal(404, `Cannot ${method} ${address.pathname}`);
  const given = method === 'GET' ? Object.fromEntries(address.searchParams) : parseObject(body);
  if (!given) return refusal(400, 'The body must be a JSON object.');
  const problems = problemsWith(given, route);
  return problems.length > 0 ? refusal(400, ...problems) : route.handle(shop, given, id, request);
}

function createCheckout(shop: Shop, given: Given, _id: string, request: ApiRequest): Reply {
  const product = shop.products.get(String(given.product_id));
  if (!product) return refusal(404, 'Product not found');
  if (product.status !== 'active') return refusal(400, 'The product is archived.');
  if (given.custom_price !== undefined && product.billing_type === 'recurring') {
    return refusal(400, 'custom_price is only supported for one-time payment products.');
  }
  const problems = isObject(given.customer) ? problemsWithCustomer(shop, given.customer) : [];
  if (problems.length > 0) return refusal(400, ...problems);
  const checkout: NewCheckout = {
    productId: product.id,
    requestId: given.request_id as string | undefined,
    customPrice: given.custom_price as number | undefined,
    customer: given.customer as NewCheckout['customer'],
    successUrl: given.success_url as string | undefined,
    metadata: given.metadata as Record<string, unknown> | undefined,
  };
  return ok(shop.openCheckout(checkout, (id) => `${request.url.origin}/checkout/${product.id}/${id}`));
}

function problemsWithCustomer(shop: Shop, customer: Given): string[] {
  const problems = problemsWith(customer, { optional: { id: text, email: text, name: text } });
  if (customer.id !== undefined && customer.email !== undefined) {
    problems.push('only one of id and email may be given');
  }
  if (customer.id !== undefined && !shop.customers.has(String(customer.id))) problems.push('Customer not found');
  if (customer.email !== undefined && !String(customer.email).includes('@')) problems.push('email must be an email');
  return problems;
}

function searchTransactions(shop: Shop, given: Given): Reply {
  const { customer_id, order_id, product_id } = given;
  const size = Number(given.page_size ?? DEFAULT_PAGE_SIZE);
  const number = Number(given.page_number ?? 1);
  if (size < 1 || size > MAX_PAGE_SIZE || number < 1) {
    return refusal(400, `page_number must be at least 1, and page_size 1 to ${MAX_PAGE_SIZE}.`);
  }
  const productOf = (transaction: Transaction) =>
    shop.orders.get(transaction.order ?? '')?.product ??
    shop.subscriptions.get(transaction.subscription ?? '')?.product;
  const all = [...shop.transactions.values()]
    .filter((transaction) => customer_id === undefined || transaction.customer === customer_id)
    .filter((transaction) => order_id === undefined || transaction.order === order_id)
    .filter((transaction) => product_id === undefined || productOf(transaction) === product_id)
    .reverse();
  const pages = Math.ceil(all.length / size);
  return ok({
    items: all.slice((number - 1) * size, number * size),
    pagination: {
      total_records: all.length,
      total_pages: pages,
      current_page: number,
      next_page: number < pages ? number + 1 : null,
      prev_page: number > 1 ? number - 1 : null,
    },
  });
}

function subscriptionReply(shop: Shop, id: string): Reply {
  const subscription = shop.subscriptions.get(id);
  return found(subscription && shop.wholeSubscription(subscription), 'Subscription');
}

function found(thing: object | undefined, what: string): Reply {
  return thing ? ok(thing) : refusal(404, `${what} not found`);
}
