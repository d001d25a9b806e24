import { isShallow } from './jsonDepth.ts';

const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}1${']'.repeat(depth)}`);

it.each([
  [1, true],
  ['text', true],
  [null, true],
  [{}, true],
  [{ a: { b: [1, 2] } }, true],
  [nested(3), true],
  [nested(4), false],
  [{ a: 1, b: { c: { d: {} } } }, true],
  [{ a: 1, b: { c: { d: { e: 1 } } } }, false],
  [nested(5_000), false],
])('%j fits into three levels: %s', (value, fits) => expect(isShallow(value, 3)).toBe(fits));
