import { type IsoTime, isoTime } from '@cloud-bridge/base';
import type { Auth, UserRecord } from 'firebase-admin/auth';

/** What a user is to Firebase Auth. */
export type UserStanding = 'active' | 'disabled' | 'deleted';

/** Why an owner can't act for their account: the user was disabled, or isn't there any more. */
export type OwnerBlock = Exclude<UserStanding, 'active'>;

/** As many as Firebase Auth gives at once. */
export const MAX_USERS_PER_LOOKUP = 100;

/** An operator, as far as their tokens have to be checked against. */
export interface Operator {
  readonly isAdmin: boolean;
  /** Who signed in before this has to do so again. */
  readonly tokensValidAfter: IsoTime;
}

/** Whoever signs in, as Firebase Auth keeps them. */
export interface Users {
  /** Removes a user; one that is gone already is fine. */
  delete(uid: string): Promise<void>;
  /** The address that a user has proved to be theirs, in lower case; null for none. */
  findVerifiedEmail(uid: string): Promise<string | null>;
  /** What makes a user an operator; null for one who was disabled, or isn't there. */
  findOperator(uid: string): Promise<Operator | null>;
  /**
   * What each of these users is now.
   * @param uids no more than {@link MAX_USERS_PER_LOOKUP}
   */
  findStandings(uids: readonly string[]): Promise<ReadonlyMap<string, UserStanding>>;
}

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

/** Undefined for a user that there isn't. */
async function orNothing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'auth/user-not-found') throw error;
    return undefined;
  }
}
