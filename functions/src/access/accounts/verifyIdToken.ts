import type { Logger } from '@cloud-bridge/base';
import type { Auth, DecodedIdToken } from 'firebase-admin/auth';
import { refusal, unauthenticated } from '../../platform/errors/refusal.ts';
import { credentialInvalid } from '../../platform/http/http.errors.ts';

/** The claims of a verified ID token. `admin` is a custom claim, which only the project's own servers can set. */
export type Identity = Pick<DecodedIdToken, 'uid' | 'email' | 'email_verified' | 'auth_time' | 'iat'> & {
  admin?: unknown;
};
export type VerifyIdToken = (token: string) => Promise<Identity>;

/** Returns a function that checks a Firebase ID token's signature, audience and expiry. */
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
      // Callers don't learn the reason; the log has it for whoever investigates.
      logger.info('ID token refused', { code, reason: messageOf(error).replaceAll(token, '…') });
      throw credentialInvalid();
    }
  };
}

/**
 * True if Google couldn't be reached. If its public keys can't be fetched, the SDK throws an argument error that only
 * its message identifies.
 */
function isOutage(code: unknown, error: unknown): boolean {
  if (code === 'auth/internal-error' || code === 'app/network-error') return true;
  return error instanceof Error && /^Error fetching (public keys|Json Web Keys)/i.test(error.message);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
