import { hasNewEmail, isFrozen } from './account.ts';

it.each([
  ['nobody', {}, false],
  ['an operator', { frozenAt: '2026-03-14T00:00:00.000Z' }, true],
  ['what became of the owner', { ownerBlockedAt: '2026-03-14T00:00:00.000Z', frozenAt: null }, true],
  ['nobody any more', { ownerBlockedAt: null, frozenAt: null }, false],
])('an account is frozen by %s', (_name, account, expected) => {
  expect(isFrozen(account)).toBe(expected);
});

it.each([
  ['says the same', { email: 'a@example.com', isEmailVerified: true, emailAsOf: '2026-03-15' }, false],
  ['says another address', { email: 'b@example.com', isEmailVerified: true, emailAsOf: '2026-03-15' }, true],
  ['says that it is not verified', { email: 'a@example.com', isEmailVerified: false, emailAsOf: '2026-03-15' }, true],
  ['is as old', { email: null, isEmailVerified: false, emailAsOf: '2026-03-14' }, true],
  ['is older', { email: 'b@example.com', isEmailVerified: true, emailAsOf: '2026-03-13' }, false],
  ['does not say how old it is', { email: 'b@example.com' }, false],
])('a token that %s', (_name, told, isNew) => {
  const known = { email: 'a@example.com', isEmailVerified: true, emailAsOf: '2026-03-14' };
  expect(hasNewEmail(known, { id: 'a', ...told })).toBe(isNew);
});

it('what was stored before addresses were followed is refreshed by any token', () => {
  const told = { id: 'a', email: 'a@example.com', isEmailVerified: false, emailAsOf: '2026-03-14' };
  expect(hasNewEmail({ email: 'a@example.com' }, told)).toBe(true);
});
