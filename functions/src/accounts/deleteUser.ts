import type { Auth } from 'firebase-admin/auth';

/** Removes whoever signs in; one that is gone already is fine. */
export type DeleteUser = (uid: string) => Promise<void>;

export function userDeleter(auth: Pick<Auth, 'deleteUser'>): DeleteUser {
  return async (uid) => {
    try {
      await auth.deleteUser(uid);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code !== 'auth/user-not-found') throw error;
    }
  };
}
