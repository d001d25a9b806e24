import { auditWallet, readLedger } from '../support/ledger.ts';
import { type Key, newPerson, type Person, personWithCredits } from '../support/people.ts';
import { database } from '../support/suite.ts';
import { atUpstream, resetUpstream } from '../support/upstreamControl.ts';

let person: Person;
let key: Key;
beforeEach(async () => {
  ({ person, key } = await personWithCredits(100));
});
afterEach(resetUpstream);

const deliver = (body: Record<string, unknown>, idempotencyKey?: string, by: Person | Key = key) =>
  by.send('POST', '/account/deliveries', { body, idempotencyKey });
const available = async () => (await person.credits()).availableCredits;

describe('a delivery', () => {
  it.each([
    ['follow', 3],
    ['unfollow', 3],
    ['presetShare', 10],
    ['captureShare', 10],
  ])('of %s holds its price, makes it once, and captures %i credits', async (operation, price) => {
    const { data } = (await deliver({ operation, recipient: 'ada', payload: { preset: 'Clean' } })).expect(201);
    expect(data).toMatchObject({
      operation,
      recipient: 'ada',
      status: 'delivered',
      walletId: 'main',
      apiKeyId: key.id,
      amountCredits: price,
      costCredits: price,
      result: { recipient: 'ada' },
      error: null,
      attempts: [{ outcome: 'delivered', httpStatus: 201, error: null }],
    });
    expect(await atUpstream(data.id)).toMatchObject({ requests: 1, effects: 1, livemode: true });
    expect((await readLedger(person.accountId)).slice(1)).toMatchObject([
      { kind: 'hold', id: data.chargeId, operation, amountCredits: -price, apiKeyId: key.id, deliveryId: data.id },
      { kind: 'capture', chargeId: data.chargeId, operation, consumedCredits: price, deliveryId: data.id },
    ]);
    expect((await auditWallet(person.accountId)).availableCredits).toBe(100 - price);
    expect((await key.send('GET', `/account/deliveries/${data.id}`)).expect(200).data).toEqual(data);
  });

  it.each([
    ['login', undefined, { valid: true }],
    ['profileCheck', 'ada', { recipient: 'ada', exists: true }],
    ['presetList', undefined, { presets: [{ name: 'Clean' }, { name: 'Lead' }] }],
  ])('of %s is free, without any credits and without a hold', async (operation, recipient, result) => {
    const poor = await newPerson();
    const { data } = (await deliver({ operation, recipient }, undefined, await poor.createKey())).expect(201);
    expect(data).toMatchObject({ status: 'delivered', amountCredits: 0, costCredits: 0, chargeId: null, result });
    expect(await readLedger(poor.accountId)).toEqual([]);
  });

  it('that cannot be paid never reaches the upstream, and leaves no trace', async () => {
    const { key: poorKey, person: poor } = await personWithCredits(9);
    const reply = await deliver({ operation: 'presetShare', recipient: 'ada' }, undefined, poorKey);
    reply.expectError(402, 'INSUFFICIENT_CREDITS');
    expect(reply.json.error.details).toMatchObject({ requiredCredits: 10, availableCredits: 9 });
    expect((await poor.send('GET', '/account/deliveries')).data).toEqual([]);
    expect(await readLedger(poor.accountId)).toHaveLength(1);
  });
});

it('a payload is kept nowhere', async () => {
  const secret = 'not-to-be-kept-anywhere';
  const { data } = (await deliver({ operation: 'login', payload: { user: 'ada', password: secret } })).expect(201);
  const stored = await database().doc(`accounts/${person.accountId}/deliveries/${data.id}`).get();
  expect(stored.data()).toMatchObject({ status: 'delivered' });
  expect(JSON.stringify(stored.data())).not.toContain(secret);
  expect(await available()).toBe(100);
});
