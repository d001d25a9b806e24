import { assertOperatorStands } from './assertOperatorStands.ts';
import { firebaseUsers, type Operator } from './users.ts';

const token = { uid: 'operator', auth_time: Date.parse('2026-03-14T12:00:00Z') / 1000 };
const standing: Operator = { isAdmin: true, tokensValidAfter: '2026-03-14T12:00:00.000Z' };
const check = (found: Operator | null) => assertOperatorStands({ findOperator: async () => found }, token);

it('accepts an operator whose tokens are still valid', async () => {
  await expect(check(standing)).resolves.toBeUndefined();
});

it.each([
  ['a disabled or deleted user', null, 'CREDENTIAL_REVOKED'],
  [
    'a token that was revoked after its sign-in',
    { ...standing, tokensValidAfter: '2026-03-14T12:00:01.000Z' },
    'CREDENTIAL_REVOKED',
  ],
  ['a user who no longer has the admin claim', { ...standing, isAdmin: false }, 'ADMIN_REQUIRED'],
])('refuses %s', async (_name, found, code) => {
  await expect(check(found)).rejects.toMatchObject({ code });
});

it('refuses every operator while Firebase Auth is unreachable', async () => {
  const findOperator = () => Promise.reject(new Error('unreachable'));
  await expect(assertOperatorStands({ findOperator }, token)).rejects.toMatchObject({ code: 'IDENTITY_UNAVAILABLE' });
});

it('reads the admin claim, the disabled flag and the revocation time from Firebase Auth', async () => {
  const user = {
    disabled: false,
    customClaims: { admin: true },
    tokensValidAfterTime: 'Sat, 14 Mar 2026 12:00:00 GMT',
  };
  const usersWith = (record: object) => firebaseUsers({ getUser: async () => record } as never);
  expect(await usersWith(user).findOperator('operator')).toEqual(standing);
  expect(await usersWith({ ...user, disabled: true }).findOperator('operator')).toBeNull();
  expect(await usersWith({ ...user, customClaims: { admin: 'true' } }).findOperator('operator')).toMatchObject({
    isAdmin: false,
  });
});
