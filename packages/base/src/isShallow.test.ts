import { isShallow } from './isShallow.ts';

const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}1${']'.repeat(depth)}`);

it.each([1, 'text', null, {}, [], { a: { b: [1, 2] } }, { a: 1, b: { c: { d: {} } } }, [[[1]]]])(
  '%j fits into three levels',
  (value) => expect(isShallow(value, 3)).toBe(true),
);

it.each([[[[[1]]]], { a: 1, b: { c: { d: { e: 1 } } } }])('%j does not fit into three levels', (value) =>
  expect(isShallow(value, 3)).toBe(false),
);

it('measures values that are too deep for recursion', () => {
  expect(isShallow(nested(5_000), 4_999)).toBe(false);
  expect(isShallow(nested(5_000), 5_000)).toBe(true);
});
