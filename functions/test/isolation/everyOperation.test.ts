import { type Documents, documentsOf, idsIn } from '../support/accountDocuments.ts';
import type { Reply } from '../support/apiClient.ts';
import { openApi } from '../support/openapiContract.ts';
import { allWebhooksDelivered } from '../support/stripeControl.ts';
import { database } from '../support/suite.ts';
import { WebhookReceiver } from '../support/webhookReceiver.ts';
import { type Changes, effects, type Makes, type Nothing } from './effects.ts';
import { openShop, type Shop } from './shop.ts';

/**
 * Paths that change by themselves: deliveries of webhooks, mail, and counters of requests, which reads change too.
 */
const GOES_ON = /^(accountEvents|webhookDeliveries|webhookLines|mail|rateLimits)\//;

const receiver = new WebhookReceiver();
let one: Shop;
let other: Shop;
/** All answers so far, with their receivers and requests. */
const answers: { readonly to: Shop; readonly sent: string; readonly reply: Reply }[] = [];

beforeAll(async () => {
  await receiver.start();
  one = await openShop('ADA', receiver.url);
  other = await openShop('BOB', receiver.url);
});
afterAll(() => receiver.stop());

const rival = (shop: Shop) => (shop === one ? other : one);

/** Sends the declared request of an operation. Both accounts use the same Idempotency-Key for an operation. */
async function send(operation: string, sender: Shop, whose: Shop, idempotencyKey = `order-1 ${operation}`) {
  const { by = 'person', request } = effects[operation] as Makes | Changes | Nothing;
  const { id = '', eventId = '', body } = request?.(whose, sender) ?? {};
  const [method = '', template = ''] = operation.split(' ');
  const path = template.replace('{id}', encodeURIComponent(id)).replace('{eventId}', eventId);
  const options = { idempotencyKey, ...(body && { body }) };
  const reply = await sender.callers[by].send(method, path, options);
  answers.push({ to: sender, sent: path + JSON.stringify(body ?? ''), reply });
  return reply;
}

const sendOwn = (operation: string, shop: Shop) => send(operation, shop, shop);

function expectDone(reply: Reply): Reply {
  if (reply.status !== 200 && reply.status !== 201) throw reply.failure('expected success');
  return reply;
}

const isReplayed = ({ headers }: Reply) => headers.get('idempotent-replayed') === 'true';

/** Returns the shop's documents except those that change by themselves. */
async function possessionsOf({ accountId, callers }: Shop): Promise<Documents> {
  await allWebhooksDelivered();
  const all = { ...(await documentsOf(accountId)), ...(await documentsOf(callers.leaver.accountId)) };
  return Object.fromEntries(Object.entries(all).filter(([path]) => !GOES_ON.test(path)));
}

/** Runs an action and checks that it leaves all documents of a shop unchanged. */
async function leavingAlone<T>(shop: Shop, action: () => Promise<T>): Promise<T> {
  const before = await possessionsOf(shop);
  const result = await action();
  expect(await possessionsOf(shop)).toEqual(before);
  return result;
}

/** Checks the owner of a created object by the place where the object is stored. */
async function expectKept({ kept }: Makes, id: string, shop: Shop): Promise<void> {
  if ('ofCustomer' in kept) return expect(await kept.ofCustomer(id)).toBe(shop.customerId);
  if (typeof kept === 'object') {
    const owner = kept.owner === 'createdBy' ? shop.callers.operator.accountId : shop.accountId;
    return expect((await database().doc(kept.at(id)).get()).get(kept.owner)).toBe(owner);
  }
  const isThere = async ({ accountId }: Shop) => (await database().doc(kept(id, accountId)).get()).exists;
  expect([await isThere(shop), await isThere(rival(shop))]).toEqual([true, false]);
}

async function expectToMake(operation: string, declared: Makes): Promise<void> {
  const first = expectDone(await leavingAlone(other, () => sendOwn(operation, one)));
  const second = expectDone(await leavingAlone(one, () => sendOwn(operation, other)));
  expect([isReplayed(first), isReplayed(second)]).toEqual([false, false]);
  const [ofOne, ofOther] = [declared.ids(first.data), declared.ids(second.data)];
  for (const id of [...ofOne, ...ofOther]) expect(id).toEqual(expect.stringMatching(/./));
  expect(ofOne.filter((id) => ofOther.includes(id))).toEqual([]);
  await expectKept(declared, ofOne[0] as string, one);
  await expectKept(declared, ofOther[0] as string, other);
  for (const shop of [one, other]) {
    const again = expectDone(await sendOwn(operation, shop));
    expect(isReplayed(again)).toBe(true);
    expect(declared.ids(again.data)).toEqual(shop === one ? ofOne : ofOther);
  }
}

async function expectToChange(operation: string): Promise<void> {
  const first = expectDone(await leavingAlone(other, () => sendOwn(operation, one)));
  const second = expectDone(await leavingAlone(one, () => sendOwn(operation, other)));
  expect([isReplayed(first), isReplayed(second)]).toEqual([false, false]);
}

async function expectNothingFrom(operation: string): Promise<void> {
  for (const shop of [one, other]) expectDone(await leavingAlone(shop, () => sendOwn(operation, shop)));
}

/** Sends ids of the other account: before that account has used the Idempotency-Key, and with another key. */
async function expectNoReach(operation: string, [status, code]: readonly [number, string]): Promise<void> {
  for (const shop of [one, other]) {
    await leavingAlone(rival(shop), async () => {
      (await send(operation, shop, rival(shop))).expectError(status, code);
      (await send(operation, shop, rival(shop), `another key for ${operation}`)).expectError(status, code);
    });
  }
}

/** Returns the texts that only this shop has: its marker and its ids. */
async function secretsOf(shop: Shop): Promise<string[]> {
  const [own, others] = [idsIn(await documentsOf(shop.accountId)), idsIn(await documentsOf(rival(shop).accountId))];
  const ids = [...own].filter((id) => /^[a-z]+_\w{8,}$/i.test(id) && !others.has(id));
  return [shop.marker, shop.accountId, shop.customerId, shop.callers.leaver.accountId, ...ids];
}

async function expectNothingTold(): Promise<void> {
  const secrets = { one: await secretsOf(one), other: await secretsOf(other) };
  expect(secrets.one.length).toBeGreaterThan(20);
  for (const { to, sent, reply } of answers) {
    const told = secrets[to === one ? 'other' : 'one'].filter(
      (text) => reply.text.includes(text) && !sent.includes(text),
    );
    if (told.length > 0) throw reply.failure(`tells ${told.join(', ')} of another account`);
  }
}

it('exactly the operations that may write have a declared effect', async () => {
  const { paths } = await openApi();
  const served = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods)
      .filter((method) => ['post', 'put', 'patch', 'delete'].includes(method))
      .map((method) => `${method.toUpperCase()} ${path.replace(/^\/api/, '')}`),
  );
  expect(Object.keys(effects).sort()).toEqual(served.sort());
});

const tried = Object.entries(effects).filter(([, { effect }]) => effect !== 'global');

it.each(tried)('%s by two accounts with one key keeps them apart', async (operation, declared) => {
  if (declared.effect === 'global') throw new Error('is not tried');
  if (typeof declared.foreign === 'object') await expectNoReach(operation, declared.foreign);
  if (declared.effect === 'makes') await expectToMake(operation, declared);
  if (declared.effect === 'changes') await expectToChange(operation);
  if (declared.effect === 'nothing') await expectNothingFrom(operation);
});

it('no answer to one account contains data of the other', expectNothingTold);
