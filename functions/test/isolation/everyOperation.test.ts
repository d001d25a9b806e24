import { type Documents, documentsOf, idsIn } from '../support/accountDocuments.ts';
import type { Reply } from '../support/apiClient.ts';
import { openApi } from '../support/openapiContract.ts';
import { allWebhooksDelivered } from '../support/stripeControl.ts';
import { database } from '../support/suite.ts';
import { WebhookReceiver } from '../support/webhookReceiver.ts';
import { type Changes, effects, type Makes, type Nothing } from './effects.ts';
import { openShop, type Shop } from './shop.ts';

/**
 * What is sent to receivers and told by mail goes on by itself, at any time; requests are counted, also those that ask.
 */
const GOES_ON = /^(accountEvents|webhookDeliveries|webhookLines|mail|rateLimits)\//;

const receiver = new WebhookReceiver();
let one: Shop;
let other: Shop;
/** Every answer so far, with who got it and what was sent. */
const answers: { readonly to: Shop; readonly sent: string; readonly reply: Reply }[] = [];

beforeAll(async () => {
  await receiver.start();
  one = await openShop('ADA', receiver.url);
  other = await openShop('BOB', receiver.url);
});
afterAll(() => receiver.stop());

const rival = (shop: Shop) => (shop === one ? other : one);

/** Sends what an operation is declared to be sent. Both accounts use the same Idempotency-Key for an operation. */
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

/** What the shop has, but for what goes on by itself. */
async function possessionsOf({ accountId, callers }: Shop): Promise<Documents> {
  await allWebhooksDelivered();
  const all = { ...(await documentsOf(accountId)), ...(await documentsOf(callers.leaver.accountId)) };
  return Object.fromEntries(Object.entries(all).filter(([path]) => !GOES_ON.test(path)));
}

/** Does something that has to leave everything of a shop as it is. */
async function leavingAlone<T>(shop: Shop, action: () => Promise<T>): Promise<T> {
  const before = await possessionsOf(shop);
  const result = await action();
  expect(await possessionsOf(shop)).toEqual(before);
  return result;
}

/** Who owns what was made is told by where it is kept. */
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

/** Names an id of the other account's: before that account has used the key, and under another key. */
async function expectNoReach(operation: string, [status, code]: readonly [number, string]): Promise<void> {
  for (const shop of [one, other]) {
    await leavingAlone(rival(shop), async () => {
      (await send(operation, shop, rival(shop))).expectError(status, code);
      (await send(operation, shop, rival(shop), `another key for ${operation}`)).expectError(status, code);
    });
  }
}

/** Texts that only this shop has: its marker, and its ids. */
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

it('every operation that may write has a declared effect, and no other has', async () => {
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

it('no answer to one account has had anything of the other', expectNothingTold);
