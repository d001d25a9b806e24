import { IdempotencyKey, idOfKey, idOfRequest } from './idempotencyKey.ts';
import { derivedId } from './ids.ts';

const key = new IdempotencyKey('order-1');
const ada = { account: 'ada' };

it('the same owner and key always give the same id', () => {
  expect(idOfKey(ada, 'ord', key, 'main')).toBe(idOfKey(ada, 'ord', new IdempotencyKey('order-1'), 'main'));
  expect(idOfKey(ada, 'ord', key)).toMatch(/^ord_[0-9a-f]{32}$/);
});

it('another owner, kind of owner, kind of thing, key or scope gives another id', () => {
  const digits = [
    idOfKey(ada, 'ord', key),
    idOfKey({ account: 'bob' }, 'ord', key),
    idOfKey({ operator: 'ada' }, 'ord', key),
    idOfKey(ada, 'dlv', key),
    idOfKey(ada, 'ord', new IdempotencyKey('order-2')),
    idOfKey(ada, 'ord', key, 'main'),
    idOfKey(ada, 'ord', key, 'ma', 'in'),
  ].map((id) => id.slice(4));
  expect(new Set(digits).size).toBe(digits.length);
});

it('no account id can make an id of a key equal an id that is derived without a key', () => {
  // A renewal's order id derives from the provider and its invoice.
  expect(idOfKey({ account: 'stripe' }, 'ord', new IdempotencyKey('in_1'))).not.toBe(
    derivedId('ord', 'stripe', 'in_1'),
  );
});

it('no key that a client can send equals the key of a part', () => {
  const part = key.ofPart('batch', '0');
  const sent = ['order-1', 'order-1/0', 'batch', 'order-1,batch,0', '["order-1","batch","0"]'];
  const ids = sent.map((text) => idOfKey(ada, 'txn', new IdempotencyKey(text)));
  expect(ids).not.toContain(idOfKey(ada, 'txn', part));
  expect(idOfKey(ada, 'txn', part)).not.toBe(idOfKey(ada, 'txn', key.ofPart('batch', '1')));
});

it('a request without a key gets a new id each time', () => {
  expect(idOfRequest(ada, 'ord', null)).not.toBe(idOfRequest(ada, 'ord', null));
  expect(idOfRequest(ada, 'ord', key, 'main')).toBe(idOfKey(ada, 'ord', key, 'main'));
});

it('the compiler refuses a key where an id needs a text', () => {
  // @ts-expect-error a key can't be a part of a derived id
  const mistake = () => derivedId('ord', key);
  // @ts-expect-error an id of a key needs an owner
  const ownerless = () => idOfKey({}, 'ord', key);
  expect([mistake, ownerless]).toHaveLength(2);
  expect(JSON.stringify({ key, text: String(key) })).not.toContain('order-1');
});
