import { Seals } from '../seals/seals.ts';
import { pendingOrder } from './order.fixtures.ts';
import { readOrderFacts, sealOrder } from './orderFacts.ts';

const KEY = 'k'.repeat(40);
const OLD_KEY = 'o'.repeat(40);
const ours = new Seals('shop', () => [KEY]);
const order = { ...pendingOrder, id: `ord_${'0'.repeat(32)}` };
const sealed = sealOrder(ours, order);

const notRebuilt = expect.objectContaining({ code: 'ORDER_NOT_REBUILT' });

it('reads back the facts that it sealed', () => {
  const { id, accountId, credits, unitAmountMinor, currency, requestHash, createdAt } = order;
  const expected = { id, accountId, credits, unitAmountMinor, currency, requestHash, createdAt };
  expect(readOrderFacts(ours, sealed)).toMatchObject(expected);
});

it('gives the same order the same metadata, so that a repeated request is equal', () => {
  expect(sealOrder(ours, order)).toEqual(sealed);
});

it('keeps metadata within Stripe’s limits, however long the product name is', () => {
  const metadata = sealOrder(ours, { ...order, accountId: 'ü'.repeat(128), productName: 'ü'.repeat(500) });
  expect(Object.keys(metadata).length).toBeLessThan(30);
  for (const [name, value] of Object.entries(metadata)) {
    expect(name.length).toBeLessThanOrEqual(40);
    expect(value.length).toBeLessThanOrEqual(500);
  }
  expect(readOrderFacts(ours, metadata)).toMatchObject({ productName: 'ü'.repeat(500) });
});

it('reads facts that stand beside other metadata', () => {
  expect(readOrderFacts(ours, { orderId: order.id, ...sealed, note: 'hello' })).not.toBeNull();
});

it.each([undefined, null, {}, { orderId: order.id }, { seal1: sealed.seal1 }, { ...sealed, deploymentId: 'another' }])(
  'returns null for other systems’ metadata: %j',
  (metadata) => expect(readOrderFacts(ours, metadata)).toBeNull(),
);

it('does not accept metadata of another deployment, even with the same key', () => {
  const theirs = sealOrder(new Seals('theirs', () => [KEY]), order);
  expect(readOrderFacts(ours, theirs)).toBeNull();
  expect(() => readOrderFacts(ours, { ...theirs, deploymentId: 'shop' })).toThrow(notRebuilt);
});

it.each([
  ['without a seal', { deploymentId: 'shop' }],
  ['with nonsense for a seal', { deploymentId: 'shop', seal1: 'nonsense' }],
  ['with half a seal', { deploymentId: 'shop', seal1: sealed.seal1?.slice(0, 99) }],
  ['with another signature', { ...sealed, seal1: `A${sealed.seal1}` }],
  ['with other facts', { ...sealed, seal1: `${sealed.seal1?.slice(0, -4)}AAAA` }],
  ['under another key', sealOrder(new Seals('shop', () => [OLD_KEY]), order)],
  ['with incomplete facts', ours.seal({ id: order.id })],
])('refuses metadata that names this deployment %s', (_name, metadata) => {
  expect(() => readOrderFacts(ours, metadata)).toThrow(notRebuilt);
});

it('accepts signatures of a replaced key until that key is removed', () => {
  const before = sealOrder(new Seals('shop', () => [OLD_KEY]), order);
  const during = new Seals('shop', () => [KEY, OLD_KEY]);
  expect(readOrderFacts(during, before)).not.toBeNull();
  expect(readOrderFacts(during, sealed)).not.toBeNull();
  expect(sealOrder(during, order)).toEqual(sealed);
});
