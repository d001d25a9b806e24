import type { Auth } from 'firebase-admin/auth';

/** Whoever signs in, as Firebase Auth keeps them. */
export interface Users {
  /** Removes a user; one that is gone already is fine. */
  delete(uid: string): Promise<void>;
  /** The address that a user has proved to be theirs, in lower case; null for none. */
  findVerifiedEmail(uid: string): Promise<string | null>;
}

export function firebaseUsers(auth: Pick<Auth, 'deleteUser' | 'getUser'>): Users {
  return {
    async delete(uid) {
      await orNothing(auth.deleteUser(uid));
    },
    async findVerifiedEmail(uid) {
      const user = await orNothing(auth.getUser(uid));
      return user?.emailVerified && user.email ? user.email.toLowerCase() : null;
    },
  };
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
