import type { Faults } from './faults.ts';
import { type Fields, oneOf, parseObject, problemsWith, wholeNumber } from './fields.ts';
import { ok, type Reply, refusal } from './reply.ts';
import type { Shop } from './shop.ts';
import type { WebhookFaults, Webhooks } from './webhooks.ts';

/** Needs of the control endpoints. */
export interface ControlContext {
  readonly shop: Shop;
  readonly webhooks: Webhooks;
  readonly faults: Faults;
  reset(): void;
}

const FLUSH_TIMEOUT_MS = 30_000;
const isBoolean = (value: unknown) => (typeof value === 'boolean' ? null : 'must be true or false');
const isText = (value: unknown) => (typeof value === 'string' ? null : 'must be a text');

const WEBHOOK_FIELDS: Fields = {
  optional: {
    duplicate: wholeNumber(0, 20),
    shuffle: isBoolean,
    drop: isBoolean,
    concurrency: wholeNumber(1, 100),
    url: isText,
    reset: isBoolean,
  },
};
const FAULT_FIELDS: Fields = {
  optional: {
    method: isText,
    path: isText,
    status: wholeNumber(400, 599),
    times: wholeNumber(1, 1_000_000),
    afterEffect: isBoolean,
    clear: isBoolean,
  },
};
const TRANSACTION_FIELDS: Fields = {
  required: { action: oneOf('refund', 'dispute', 'winDispute') },
  optional: { amount: wholeNumber(1, Number.MAX_SAFE_INTEGER) },
};
const SUBSCRIPTION_FIELDS: Fields = {
  required: { action: oneOf('renew', 'fail', 'expire', 'end') },
};
const CHECKOUT_FIELDS: Fields = { required: { action: oneOf('expire') } };

/** Answers a control request, by which tests and people change the stand-in. Bodies are JSON; no API key is needed. */
export async function handleControlRequest(
  method: string,
  path: string,
  body: string,
  context: ControlContext,
): Promise<Reply> {
  const given = parseObject(body);
  if (!given) return refusal(400, 'The body must be a JSON object.');
  const [, collection, id] = /^\/_local\/(transactions|subscriptions|checkouts)\/(\w+)$/.exec(path) ?? [];
  if (method === 'POST' && collection && id) return change(context, collection, id, given);
  const { webhooks, shop, faults } = context;
  switch (`${method} ${path}`) {
    case 'GET /_local/health':
      return ok({ ok: true });
    case 'GET /_local/events':
      return ok({ events: shop.events });
    case 'GET /_local/webhooks':
      return ok({ deliveries: webhooks.list() });
    case 'POST /_local/webhooks':
      return checked(given, WEBHOOK_FIELDS, () => {
        const { reset, url, ...settings } = given;
        if (typeof url === 'string') webhooks.moveTo(url);
        return ok(webhooks.setFaults(reset === true ? null : (settings as Partial<WebhookFaults>)));
      });
    case 'POST /_local/webhooks/flush':
      return (await webhooks.flush(Number(given.timeoutMs ?? FLUSH_TIMEOUT_MS)))
        ? ok({ idle: true })
        : refusal(408, 'Some webhooks are still being delivered.');
    case 'POST /_local/faults':
      return checked(given, FAULT_FIELDS, () => ok({ faults: faults.change(given) }));
    case 'POST /_local/reset':
      context.reset();
      return ok({ ok: true });
    default:
      return refusal(404, `${method} ${path} does not exist.`);
  }
}

function change({ shop }: ControlContext, collection: string, id: string, given: Record<string, unknown>): Reply {
  if (collection === 'transactions')
    return checked(given, TRANSACTION_FIELDS, () => changeTransaction(shop, id, given));
  if (collection === 'subscriptions') {
    return checked(given, SUBSCRIPTION_FIELDS, () => changeSubscription(shop, id, String(given.action)));
  }
  return checked(given, CHECKOUT_FIELDS, () => {
    const checkout = shop.checkouts.get(id);
    if (!checkout) return refusal(404, 'This checkout does not exist.');
    shop.expireCheckout(checkout);
    return ok(checkout);
  });
}

function changeTransaction(shop: Shop, id: string, { action, amount }: Record<string, unknown>): Reply {
  const transaction = shop.transactions.get(id);
  if (!transaction) return refusal(404, 'This transaction does not exist.');
  if (action === 'dispute') shop.dispute(transaction);
  else if (action === 'winDispute') shop.winDispute(transaction);
  else {
    const left = shop.refundableOf(transaction);
    const wanted = Number(amount ?? left);
    if (wanted === 0 || wanted > left) return refusal(400, `At most ${left} can still be refunded.`);
    shop.refund(transaction, wanted);
  }
  return ok(transaction);
}

function changeSubscription(shop: Shop, id: string, action: string): Reply {
  const subscription = shop.subscriptions.get(id);
  if (!subscription) return refusal(404, 'This subscription does not exist.');
  if (action === 'renew') return ok(shop.renew(subscription));
  if (action === 'fail') shop.changeSubscription(subscription, 'past_due', 'subscription.past_due');
  if (action === 'expire') shop.expireSubscription(subscription);
  if (action === 'end') shop.changeSubscription(subscription, 'canceled', 'subscription.canceled');
  return ok(subscription);
}

function checked(given: Record<string, unknown>, fields: Fields, answer: () => Reply): Reply {
  const problems = problemsWith(given, fields);
  return problems.length > 0 ? refusal(400, ...problems) : answer();
}
