import { isWorthShowing } from './logFile.ts';

describe('isWorthShowing', () => {
  it.each(['⚠  functions: something is wrong', 'Error: no', '>  {"severity":"ERROR","message":"no"}'])(
    'shows %s',
    (line) => expect(isWorthShowing(line)).toBe(true),
  );

  it.each([
    'i  functions: Beginning execution',
    '>  {"severity":"INFO","message":"ok"}',
    '⚠  emulators: firebase-tools will drop support for Java version < 21 soon in firebase-tools@15.',
  ])('keeps %s to the log', (line) => expect(isWorthShowing(line)).toBe(false));
});
