import type { DecodedIdToken } from 'firebase-admin/auth';
import { refusal, unauthenticated } from '../../platform/errors/refusal.ts';
import { adminRequired } from '../../platform/http/http.errors.ts';
import type { Operator, Users } from './users.ts';

/**
 * Asks Firebase Auth whether the user of an ID token is still an operator. A token stays valid for up to an hour after
 * its user was disabled or lost the claim `admin`, so operators' routes ask each time. Only tokens with the claim are
 * checked, which limits the number of calls.
 * @throws CREDENTIAL_REVOKED (disabled, deleted, or all tokens revoked since), ADMIN_REQUIRED (the claim was removed),
 *   IDENTITY_UNAVAILABLE
 */
export async function assertOperatorStands(
  users: Pick<Users, 'findOperator'>,
  { uid, auth_time }: Pick<DecodedIdToken, 'uid' | 'auth_time'>,
): Promise<void> {
  const operator = await findOrFail(users, uid);
  const isRevoked = operator === null || auth_time * 1000 < Date.parse(operator.tokensValidAfter);
  if (isRevoked) throw unauthenticated('CREDENTIAL_REVOKED', 'The ID token was revoked; sign in again.');
  if (!operator.isAdmin) throw adminRequired();
}

async function findOrFail(users: Pick<Users, 'findOperator'>, uid: string): Promise<Operator | null> {
  try {
    return await users.findOperator(uid);
  } catch (cause) {
    throw refusal('IDENTITY_UNAVAILABLE', 'The ID token could not be checked now; try again.', {
      retryAfterSeconds: 1,
      cause,
    });
  }
}
