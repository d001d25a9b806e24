import { StripeError } from './stripeError.ts';

/**
 * Checks the secret key of a call. Callers send the key as a Bearer token or as the user name of Basic authentication.
 *
 * @throws StripeError 401 when the key is missing or isn't this account's
 */
export function authenticate(authorization: string | undefined, secretKey: string): void {
  const key = readKey(authorization ?? '');
  if (!key) {
    throw new StripeError(
      401,
      'invalid_request_error',
      'You did not provide an API key. You need to provide your API key in the Authorization header, ' +
        "using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    );
  }
  if (key !== secretKey) {
    throw new StripeError(401, 'invalid_request_error', `Invalid API Key provided: ${mask(key)}`);
  }
}

function readKey(authorization: string): string {
  const [scheme = '', credentials = ''] = authorization.split(/\s+/, 2);
  if (scheme.toLowerCase() === 'bearer') return credentials;
  if (scheme.toLowerCase() !== 'basic') return '';
  return Buffer.from(credentials, 'base64').toString('utf8').split(':')[0] ?? '';
}

/** Masks a wrong key in the error: the key may be a real one, and answers end up in logs. */
function mask(key: string): string {
  return key.length <= 12 ? '*'.repeat(key.length) : `${key.slice(0, 8)}${'*'.repeat(8)}${key.slice(-4)}`;
}
