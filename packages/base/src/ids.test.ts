import { derivedId, randomId, requestHash } from './ids.ts';

it('derives the same id from the same parts, and another from parts that only look alike joined', () => {
  expect(derivedId('txn', 'a', 'b')).toBe(derivedId('txn', 'a', 'b'));
  expect(derivedId('txn', 'a', 'b')).not.toBe(derivedId('txn', 'ab'));
  expect(derivedId('txn', 'a,b')).not.toBe(derivedId('txn', 'a', 'b'));
});

it('never gives the same random id twice', () => {
  expect(randomId('ord')).not.toBe(randomId('ord'));
});

it('fingerprints requests by their content, not by the order of their fields', () => {
  expect(requestHash({ a: 1, b: { c: [1, 2], d: null } })).toBe(requestHash({ b: { d: null, c: [1, 2] }, a: 1 }));
  expect(requestHash({ a: 1 })).toBe(requestHash({ a: 1, b: undefined }));
  for (const other of [{ a: '1' }, { a: [1] }, { a: 2 }, { b: 1 }, {}]) {
    expect(requestHash(other)).not.toBe(requestHash({ a: 1 }));
  }
});
