import { hasNewEmail, isFrozen } from './account.ts';

it.each([
  ['without any freeze is not frozen', {}, false],
  ['that an operator froze is frozen', { frozenAt: '2026-03-14T00:00:00.000Z' }, true],
  ['whose owner is blocked is frozen', { ownerBlockedAt: '2026-03-14T00:00:00.000Z', frozenAt: null }, true],
  ['whose freezes were lifted is not frozen', { ownerBlockedAt: null, frozenAt: null }, false],
])('an account %s', (_name, account, expected) => {
  expect(isFrozen(account)).toBe(expected);
});

it.each([
  [
    'has the stored address brings no new address',
    { email: 'a@example.com', isEmailVerified: true, emailAsOf: '2026-03-15' },
    false,
  ],
  [
    'has another address brings a new address',
    { email: 'b@example.com', isEmailVerified: true, emailAsOf: '2026-03-15' },
    true,
  ],
  [
    'says that the address is not verified brings a new address',
    { email: 'a@example.com', isEmailVerified: false, emailAsOf: '2026-03-15' },
    true,
  ],
  [
    'is as old as the stored address brings a new address',
    { email: null, isEmailVerified: false, emailAsOf: '2026-03-14' },
    true,
  ],
  [
    'is older than the stored address brings no new address',
    { email: 'b@example.com', isEmailVerified: true, emailAsOf: '2026-03-13' },
    false,
  ],
  ['has no issue time brings no new address', { email: 'b@example.com' }, false],
])('a token that %s', (_name, told, isNew) => {
  const known = { email: 'a@example.com', isEmailVerified: true, emailAsOf: '2026-03-14' };
  expect(hasNewEmail(known, { id: 'a', ...told })).toBe(isNew);
});

it('any token refreshes an account that was stored without emailAsOf', () => {
  const told = { id: 'a', email: 'a@example.com', isEmailVerified: false, emailAsOf: '2026-03-14' };
  expect(hasNewEmail({ email: 'a@example.com' }, told)).toBe(true);
});
