import type { Logger } from '@cloud-bridge/base';
import type { Auth, DecodedIdToken } from 'firebase-admin/auth';
import { refusal, unauthenticated } from '../../platform/errors/refusal.ts';
import { credentialInvalid } from '../../platform/http/http.errors.ts';

/** Who signed in; `admin` is a custom claim, which only the project's own servers can give. */
export type Identity = Pick<DecodedIdToken, 'uid' | 'email' | 'email_verified' | 'auth_time' | 'iat'> & {
  admin?: unknown;
};
export type VerifyIdToken = (token: string) => Promise<Identity>;

/** Gives what checks a Firebase ID token's signature, audience and age. */
export function idTokenVerifier(auth: Pick<Auth, 'verifyIdToken'>, logger: Logger): VerifyIdToken {
  return async (token) => {
    try {
      return await auth.verifyIdToken(token);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'auth/id-token-expired') {
        throw unauthenticated('CREDENTIAL_EXPIRED', 'The ID token has expired; sign in again.');
      }
      if (isOutage(code, error)) {
        throw refusal('IDENTITY_UNAVAILABLE', 'The ID token could not be checked now; try again.', {
          retryAfterSeconds: 1,
          cause: error,
        });
      }
      // Callers aren't told what was wrong; whoever has to find out why somebody can't get in is.
      logger.info('ID token refused', { code, reason: messageOf(error).replaceAll(token, '…') });
      throw credentialInvalid();
    }
  };
}

/** The SDK tells keys of Google's that can't be had as an argument error, by its message alone. */
function isOutage(code: unknown, error: unknown): boolean {
  if (code === 'auth/internal-error' || code === 'app/network-error') return true;
  return error instanceof Error && /^Error fetching (public keys|Json Web Keys)/i.test(error.message);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
