import { type IsoTime, isoTime } from '@cloud-bridge/base';
import type { Auth, UserRecord } from 'firebase-admin/auth';

/** The state of a user in Firebase Auth. */
export type UserStanding = 'active' | 'disabled' | 'deleted';

/** Why an owner can't act for their account: the user was disabled or deleted. */
export type OwnerBlock = Exclude<UserStanding, 'active'>;

/** Firebase Auth's limit of users in one lookup. */
export const MAX_USERS_PER_LOOKUP = 100;

/** The facts about an operator that an ID token is checked against. */
export interface Operator {
  readonly isAdmin: boolean;
  /** Tokens of sign-ins before this time are revoked. */
  readonly tokensValidAfter: IsoTime;
}

/** Users in Firebase Auth. */
export interface Users {
  /** Deletes a user; does nothing if the user doesn't exist. */
  delete(uid: string): Promise<void>;
  /** Returns a user's verified email address in lower case; null without one. */
  findVerifiedEmail(uid: string): Promise<string | null>;
  /** Returns a user's operator claim and revocation time; null for a disabled or unknown user. */
  findOperator(uid: string): Promise<Operator | null>;
  /**
   * Returns the present state of each user.
   * @param uids at most {@link MAX_USERS_PER_LOOKUP}
   */
  findStandings(uids: readonly string[]): Promise<ReadonlyMap<string, UserStanding>>;
}

/** Implements {@link Users} with the Admin SDK. */
export function firebaseUsers(auth: Pick<Auth, 'deleteUser' | 'getUser' | 'getUsers'>): Users {
  return {
    async delete(uid) {
      await orNothing(auth.deleteUser(uid));
    },
    async findVerifiedEmail(uid) {
      const user = await orNothing(auth.getUser(uid));
      return user?.emailVerified && user.email ? user.email.toLowerCase() : null;
    },
    async findOperator(uid) {
      const user = await orNothing(auth.getUser(uid));
      if (!user || user.disabled) return null;
      const { customClaims, tokensValidAfterTime } = user;
      const validAfterMs = tokensValidAfterTime === undefined ? 0 : Date.parse(tokensValidAfterTime);
      return { isAdmin: customClaims?.admin === true, tokensValidAfter: isoTime(validAfterMs) };
    },
    async findStandings(uids) {
      const { users } = await auth.getUsers(uids.map((uid) => ({ uid })));
      const found = new Map(users.map((user) => [user.uid, standingOf(user)]));
      return new Map(uids.map((uid) => [uid, found.get(uid) ?? 'deleted']));
    },
  };
}

function standingOf({ disabled }: UserRecord): UserStanding {
  return disabled ? 'disabled' : 'active';
}

/** Returns undefined for a user that doesn't exist. */
async function orNothing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'auth/user-not-found') throw error;
    return undefined;
  }
}
