import { randomUUID } from 'node:crypto';
import type { Reply } from '../../support/apiClient.ts';
import { askForInvoicing } from '../../support/invoicing.ts';
import { newAdmin, newPerson, type Person } from '../../support/people.ts';
import { allWebhooksDelivered, eventOf, orderAnd } from '../../support/stripeControl.ts';
import { database } from '../../support/suite.ts';

let admin: Person;
let accountId: string;
let idempotencyKey: string;
beforeAll(async () => {
  admin = await newAdmin();
});
beforeEach(async () => {
  const person = await newPerson();
  (await person.send('GET', '/account')).expect(200);
  accountId = person.accountId;
  idempotencyKey = randomUUID();
});

const post = async (path: string, body: object | undefined, key?: string) =>
  (await admin.send('POST', path, { ...(body && { body }), idempotencyKey: key })).expect(200);
const isReplayed = ({ headers }: Reply) => headers.get('idempotent-replayed') === 'true';
const documentAt = async (path: string) => (await database().doc(path).get()).data();

/** Checks that the repetition of a request gets the first answer and doesn't change the document. */
async function expectRepetition(first: Reply, document: string, repeat: () => Promise<Reply>): Promise<void> {
  const before = await documentAt(document);
  const again = await repeat();
  expect([isReplayed(first), isReplayed(again)]).toEqual([false, true]);
  expect(again.data).toEqual(first.data);
  expect(await documentAt(document)).toEqual(before);
}

describe.each([
  ['freeze', 'unfreeze', true],
  ['unfreeze', 'freeze', false],
])('%s', (verb, opposite, isFrozen) => {
  const set = (which: string, key?: string) => post(`/admin/accounts/${accountId}/${which}`, { reason: which }, key);

  it('that had an effect has no effect when repeated after the opposite', async () => {
    if (!isFrozen) await set('freeze');
    const first = await set(verb, idempotencyKey);
    expect(first.data.isFrozen).toBe(isFrozen);
    await set(opposite);
    await expectRepetition(first, `accounts/${accountId}`, () => set(verb, idempotencyKey));
  });

  it('that changed nothing has no effect when repeated after the opposite either', async () => {
    if (isFrozen) await set('freeze');
    const first = await set(verb, idempotencyKey);
    expect(first.data.isFrozen).toBe(isFrozen);
    await set(opposite);
    await expectRepetition(first, `accounts/${accountId}`, () => set(verb, idempotencyKey));
  });
});

it.each([0, 1])('a decision on invoicing that came after %i equal ones is not made again', async (earlier) => {
  await askForInvoicing(accountId);
  const decide = (verb: string, body: object, key?: string) => post(`/admin/invoicing/${accountId}/${verb}`, body, key);
  const approve = (key?: string) => decide('approve', { daysUntilDue: 14 }, key);
  for (let count = 0; count < earlier; count += 1) await approve();
  const first = await approve(idempotencyKey);
  await decide('decline', { reason: 'Too late' });
  await expectRepetition(first, `invoicing/${accountId}`, () => approve(idempotencyKey));
});

it('a request disables one coupon, and its key disables no other coupon', async () => {
  const newCode = () => `END${randomUUID().slice(0, 8).toUpperCase()}`;
  const [code, other] = [newCode(), newCode()];
  for (const each of [code, other]) {
    (await admin.send('POST', '/admin/coupons', { body: { code: each, credits: 5 } })).expect(201);
  }
  const disable = (which: string) => admin.send('POST', `/admin/coupons/${which}/disable`, { idempotencyKey });
  await post(`/admin/coupons/${code}/disable`, undefined);
  // This request has nothing left to change, but is recorded.
  const first = (await disable(code)).expect(200);
  (await disable(other)).expectError(422, 'IDEMPOTENCY_KEY_REUSED');
  expect(await documentAt(`coupons/${other}`)).toMatchObject({ disabledAt: null });
  await expectRepetition(first, `coupons/${code}`, () => disable(code));
});

it('a repeated request to replay an event is answered as a repetition', async () => {
  const { orderId, sessionId } = await orderAnd(await newPerson(), 'pay');
  const { id } = await eventOf('checkout.session.completed', sessionId);
  const first = await post(`/admin/webhook-events/${id}/replay`, undefined, idempotencyKey);
  await allWebhooksDelivered();
  await expectRepetition(first, `orders/${orderId}`, () =>
    post(`/admin/webhook-events/${id}/replay`, undefined, idempotencyKey),
  );
});
