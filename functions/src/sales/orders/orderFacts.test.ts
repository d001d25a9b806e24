import { Seals } from '../seals/seals.ts';
import { pendingOrder } from './order.fixtures.ts';
import { readOrderFacts, sealOrder } from './orderFacts.ts';

const KEY = 'k'.repeat(40);
const OLD_KEY = 'o'.repeat(40);
const ours = new Seals('shop', () => [KEY]);
const order = { ...pendingOrder, id: `ord_${'0'.repeat(32)}` };
const sealed = sealOrder(ours, order);

const notRebuilt = expect.objectContaining({ code: 'ORDER_NOT_REBUILT' });

it('facts come back as they were', () => {
  const { id, accountId, credits, unitAmountMinor, currency, requestHash, createdAt } = order;
  const expected = { id, accountId, credits, unitAmountMinor, currency, requestHash, createdAt };
  expect(readOrderFacts(ours, sealed)).toMatchObject(expected);
});

it('the same order has the same metadata, so that a repeated request is the same', () => {
  expect(sealOrder(ours, order)).toEqual(sealed);
});

it('metadata stays within what Stripe takes, whatever the order is called', () => {
  const metadata = sealOrder(ours, { ...order, accountId: 'ü'.repeat(128), productName: 'ü'.repeat(500) });
  expect(Object.keys(metadata).length).toBeLessThan(30);
  for (const [name, value] of Object.entries(metadata)) {
    expect(name.length).toBeLessThanOrEqual(40);
    expect(value.length).toBeLessThanOrEqual(500);
  }
  expect(readOrderFacts(ours, metadata)).toMatchObject({ productName: 'ü'.repeat(500) });
});

it('other metadata may stand beside it', () => {
  expect(readOrderFacts(ours, { orderId: order.id, ...sealed, note: 'hello' })).not.toBeNull();
});

it.each([undefined, null, {}, { orderId: order.id }, { seal1: sealed.seal1 }, { ...sealed, deploymentId: 'another' }])(
  '%j is somebody else’s',
  (metadata) => expect(readOrderFacts(ours, metadata)).toBeNull(),
);

it('what another deployment has written is nobody’s of ours, even under the same key', () => {
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
  ['with facts of something else', ours.seal({ id: order.id })],
])('metadata that names us %s is refused loudly', (_name, metadata) => {
  expect(() => readOrderFacts(ours, metadata)).toThrow(notRebuilt);
});

it('a key that was replaced still vouches, until it is taken away', () => {
  const before = sealOrder(new Seals('shop', () => [OLD_KEY]), order);
  const during = new Seals('shop', () => [KEY, OLD_KEY]);
  expect(readOrderFacts(during, before)).not.toBeNull();
  expect(readOrderFacts(during, sealed)).not.toBeNull();
  expect(sealOrder(during, order)).toEqual(sealed);
});
