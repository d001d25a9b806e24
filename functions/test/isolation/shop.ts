import { randomBytes } from 'node:crypto';
import { customerOf, saveCard } from '../support/cards.ts';
import { askForInvoicing } from '../support/invoicing.ts';
import { type Key, newAdmin, newPerson, type Person } from '../support/people.ts';
import { allWebhooksDelivered, eventOf, orderAnd } from '../support/stripeControl.ts';

type Callers = Readonly<Record<'person' | 'operator' | 'leaver', Person> & { key: Key }>;

/** An account with an object of every kind, a second account to be deleted, and an operator. */
export interface Shop {
  /** A word in every text that the shop sends, and in no other text. */
  readonly marker: string;
  readonly accountId: string;
  readonly customerId: string;
  readonly callers: Callers;
  /** The receiver of the shop's webhooks. */
  readonly hook: string;
  /** Ids of the shop's objects before the test. */
  readonly ids: Readonly<Record<PreparedThing, string>>;
}

type PreparedThing = (typeof PREPARED)[number];
const PREPARED = [
  'holdToCapture',
  'holdToRelease',
  'holdToExtend',
  'key',
  'integration',
  'webhook',
  'event',
  'card',
  'otherCard',
  'subscription',
  'order',
  'openOrder',
  'stripeEvent',
  'coupon',
] as const;

export async function openShop(name: string, receiverUrl: string): Promise<Shop> {
  const marker = `${name}${randomBytes(6).toString('hex').toUpperCase()}`;
  const [person, operator, leaver] = await Promise.all([newPerson(), newAdmin(), newPerson()]);
  await leaver.send('GET', '/account');
  await person.grant(10_000);
  const key = await person.createKey({ name: marker });
  const hook = `${receiverUrl}/${marker}`;
  const callers = { person, operator, leaver, key };
  const ids = await prepared(callers, marker, hook);
  const customerId = (await customerOf(person)).id;
  return { marker, accountId: person.accountId, customerId, callers, hook, ids };
}

async function prepared({ person, operator, key }: Callers, marker: string, hook: string): Promise<Shop['ids']> {
  const make = async (by: Person | Key, path: string, body?: object) =>
    (await by.send('POST', path, { ...(body && { body }) })).expect(201).data;
  const hold = async () => (await make(key, '/billing/charges', { operation: 'follow', capture: false })).id;
  const [holdToCapture, holdToRelease, holdToExtend] = [await hold(), await hold(), await hold()];
  const [card, otherCard] = [await saveCard(person), await saveCard(person)];
  const { subscriptionId } = await make(person, '/billing/subscribe', { planSlug: 'team' });
  const { orderId, sessionId } = await orderAnd(person, 'pay');
  const openOrder = await make(person, '/billing/checkout', { pack: 'growth' });
  const webhook = await make(person, '/account/webhooks', { url: hook });
  const ping = await make(person, `/account/webhooks/${webhook.id}/test`);
  const coupon = await make(operator, '/admin/coupons', { code: `GIFT-${marker}`, credits: 5 });
  await askForInvoicing(person.accountId);
  await allWebhooksDelivered();
  return {
    holdToCapture,
    holdToRelease,
    holdToExtend,
    key: (await make(person, '/account/keys', { name: marker })).id,
    integration: (await make(person, '/account/integrations', { name: marker })).id,
    webhook: webhook.id,
    event: ping.eventId,
    card,
    otherCard,
    subscription: subscriptionId,
    order: orderId,
    openOrder: openOrder.orderId,
    stripeEvent: (await eventOf('checkout.session.completed', sessionId)).id,
    coupon: coupon.id,
  };
}
