import { derivedId, randomId, requestHash } from './ids.ts';

it('derives the same id from the same parts, and a different id from parts that only look the same when joined', () => {
  expect(derivedId('txn', 'a', 'b')).toBe(derivedId('txn', 'a', 'b'));
  expect(derivedId('txn', 'a', 'b')).not.toBe(derivedId('txn', 'ab'));
  expect(derivedId('txn', 'a,b')).not.toBe(derivedId('txn', 'a', 'b'));
});

it('makes random ids that differ', () => {
  expect(randomId('ord')).not.toBe(randomId('ord'));
});

it('fingerprints requests by their content, whatever the order of their fields', () => {
  expect(requestHash({ a: 1, b: { c: [1, 2], d: null } })).toBe(requestHash({ b: { d: null, c: [1, 2] }, a: 1 }));
  expect(requestHash({ a: 1 })).toBe(requestHash({ a: 1, b: undefined }));
  for (const other of [{ a: '1' }, { a: [1] }, { a: 2 }, { b: 1 }, {}]) {
    expect(requestHash(other)).not.toBe(requestHash({ a: 1 }));
  }
});
